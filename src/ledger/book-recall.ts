/**
 * A book on its way back: events applied as they were valued when they happened, the curve's last rows put in force
 * where the ledger is past them, and accounts of which nothing is news kept quiet. Knows nothing of where what was
 * recorded comes from.
 */
import type { Effect } from '../domain/effect.ts';
import type { CurveRow } from '../domain/equity-update.ts';
import type { RecordedCurves, RecordedEffect, RecordedPeriod } from '../domain/recorded.ts';
import type { BookParts } from './book-parts.ts';
import type { Curve } from './curve.ts';
import { lateEffect } from './late-effect.ts';
import { recallCurve, recallLate } from './recall.ts';
import type { RecallSource } from './recall.ts';
import { putStanding, takeStanding } from './standing.ts';
import type { Standing } from './standing.ts';

export class BookRecall {
  private readonly b: BookParts;
  private readonly curve: Curve;
  private retell: (effect: Effect) => void = () => undefined;
  private kept: { readonly row: number; readonly standing: Standing | null } | null = null;

  constructor(b: BookParts, curve: Curve) {
    this.b = b;
    this.curve = curve;
  }

  /**
   * From now on events are applied as `source` recorded them, and accounts stand as their curve's last row has them
   * once their ledger is past it. `retell` is told of each late booking that is made again. `end` ends it.
   * @returns the largest tick of a curve, 0 where there is none
   */
  begin(
    source: RecallSource,
    curves: RecordedCurves,
    retell: (effect: Effect) => void = () => undefined,
  ): number {
    this.b.recall.source = source;
    this.retell = retell;
    return this.b.recall.curves.begin(curves, this.b.accounts);
  }

  /** After `begin`: the rows that restored states had to write, and that the curve does not have. */
  unwritten(emit: (row: CurveRow) => void): void {
    const { recall, accounts } = this.b;
    for (const [row, rows] of recall.unwritten) {
      const written = recall.curves.tick(row, accounts);
      for (const each of rows) if (!(each.tick <= written)) emit(each);
    }
    recall.unwritten.clear();
  }

  /** So many events are about to be applied: room for their ids is made at once. */
  expect(events: number): void {
    this.b.seen.reserve(events);
  }

  /** Bookings of ticks after accounts were written, no event of the ledger between: those of restored accounts. */
  late(lists: Iterable<readonly RecordedEffect[]>): void {
    const { accounts } = this.b;
    for (const list of lists) {
      const { account = '', sequence = 0 } = list[0] ?? {};
      const row = accounts.find(account);
      if (row >= 0 && accounts.sequence[row] === sequence) this.lateOf(row, list);
    }
  }

  /** After a message was applied. */
  lateAfter(row: number, account: string, sequence: number): void {
    const { source } = this.b.recall;
    if (source === null) return;
    const late = source.late(account, sequence);
    if (late.length > 0) this.lateOf(row, late);
  }

  /** Before a late booking: the same, where the row is of an earlier tick. */
  private curveUntil(row: number, tick: number): void {
    const { recall, accounts } = this.b;
    const { curves } = recall;
    if (!(curves.tick(row, accounts) < tick)) return;
    if (!(curves.sequence(row, accounts) > (accounts.sequence[row] ?? 0))) this.curveBefore(row, Infinity);
  }

  /** Before a message: an account whose curve's last row does not include it stands as that row has it. */
  curveBefore(row: number, sequence: number): void {
    const { recall, accounts } = this.b;
    if (!(sequence > recall.curves.sequence(row, accounts))) return;
    const curve = recall.curves.take(row, accounts);
    // A state that was written after that row has more.
    if (curve === null || curve.tick <= recall.asOf(row)) return;
    recallCurve(this.b, row, curve);
    recall.noteTold(row, curve.sequence);
    this.curve.recall(row, curve.tick, curve.time);
  }

  /** Accounts that wait for a rebase. */
  get pending(): ReadonlySet<string> {
    const { rebasing, accounts } = this.b;
    return new Set([...rebasing.rows()].map((row) => accounts.ids[row] ?? ''));
  }

  /** Before `end`: a row of the curve of an account that waits, in order. What its restored state has is passed over. */
  sawPeriod(period: RecordedPeriod): void {
    const { rebasing, accounts, recall } = this.b;
    const row = accounts.find(period.account);
    if (row >= 0 && period.tick > recall.asOf(row)) rebasing.recall(row, period);
  }

  end(): void {
    const { recall, accounts } = this.b;
    recall.source = null;
    for (let row = 0; row < accounts.count; row++) this.curveBefore(row, Infinity);
    recall.curves.clear();
    recall.restored.length = 0;
  }

  /** After the marks are back: accounts that the ledger did not change since they were told of are no news by themselves. */
  quiet(): void {
    const { recall, accounts, marking, sessions } = this.b;
    for (let i = 0; i < marking.dirtyCount; i++) {
      const row = marking.dirtyRows[i] ?? 0;
      if (recall.told[row] === accounts.sequence[row]) accounts.dirty[row] = 1;
    }
    sessions.resumeFrom(recall.told.slice());
    recall.told.length = 0;
  }

  /**
   * What `action` applies, it applies as `source` recorded it: for one account, while the others go on. `retell` is told
   * of each late booking that is made again.
   */
  during(source: RecallSource, retell: (effect: Effect) => void, action: () => void): void {
    const { recall } = this.b;
    const { source: ofAll } = recall;
    const { retell: ofOthers } = this;
    recall.source = source;
    this.retell = retell;
    try {
      action();
    } finally {
      recall.source = ofAll;
      this.retell = ofOthers;
    }
  }

  /** What ticks have made of the account, before the message at hand or, at a tick, until now; null where nothing. */
  standing(row: number, isAtTick: boolean): Standing | null {
    const { kept } = this;
    const isOfMessage = kept?.row === row && kept.standing?.sequence === this.b.accounts.sequence[row];
    return isOfMessage && !isAtTick ? kept.standing : takeStanding(this.b, this.curve, row, isAtTick);
  }

  /** Before an event that changes all of that, and would not change it the same once more. */
  keepStanding(row: number): void {
    this.kept = { row, standing: takeStanding(this.b, this.curve, row, false) };
  }

  /** The account has the message whole again that it had when `standing` was taken. */
  stand(row: number, standing: Standing): void {
    putStanding(this.b, this.curve, row, standing);
  }

  /** The account is back: its state is no longer one that was restored. */
  forget(row: number): void {
    this.b.recall.forget(row);
  }

  /** What the account's state has already, since it was written later, is not booked again. */
  private lateOf(row: number, list: readonly RecordedEffect[]): void {
    const asOf = this.b.recall.asOf(row);
    for (const recorded of list) {
      const { late, tick, time, bookings, rate } = recorded;
      if (late === null || tick <= asOf) continue;
      this.curveUntil(row, tick);
      const holding = recallLate(this.b, row, recorded);
      const effect = lateEffect(this.b, row, time, late, bookings[0] ?? NaN, holding);
      effect.rate = rate;
      effect.recordedTick = tick;
      this.retell(effect);
    }
  }
}
