/**
 * A book on its way back: events applied as they were valued when they happened, the curve's last rows put in force
 * where the ledger is past them, and accounts of which nothing is news kept quiet. Knows nothing of where what was
 * recorded comes from.
 */
import type { Effect } from '../domain/effect.ts';
import type { RecordedCurve, RecordedEffect } from '../domain/recorded.ts';
import type { BookParts } from './book-parts.ts';
import type { Curve } from './curve.ts';
import { lateEffect } from './late-effect.ts';
import { recallCurve, recallLate } from './recall.ts';
import type { RecallSource } from './recall.ts';

export class BookRecall {
  private readonly b: BookParts;
  private readonly curve: Curve;
  private retell: (effect: Effect) => void = () => undefined;

  constructor(b: BookParts, curve: Curve) {
    this.b = b;
    this.curve = curve;
  }

  /**
   * From now on events are applied as `source` recorded them, and accounts stand as their curve's last row has them
   * once their ledger is past it. `retell` is told of each late booking that is made again. `end` ends it.
   */
  begin(
    source: RecallSource,
    curves: ReadonlyMap<string, RecordedCurve>,
    retell: (effect: Effect) => void = () => undefined,
  ): void {
    this.b.recall.source = source;
    this.retell = retell;
    for (const [account, curve] of curves) this.b.recall.curves.set(account, curve);
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
    if (source !== null) this.lateOf(row, source.late(account, sequence));
  }

  /** Before a late booking: the same, where the row is of an earlier tick. */
  private curveUntil(row: number, tick: number): void {
    const { recall, accounts } = this.b;
    const curve = recall.curves.get(accounts.ids[row] ?? '');
    if (curve === undefined || !(curve.tick < tick) || curve.sequence > (accounts.sequence[row] ?? 0)) return;
    this.curveBefore(row, Infinity);
  }

  /** Before a message: an account whose curve's last row does not include it stands as that row has it. */
  curveBefore(row: number, sequence: number): void {
    const { recall, accounts } = this.b;
    const id = accounts.ids[row] ?? '';
    const curve = recall.curves.size > 0 ? recall.curves.get(id) : undefined;
    if (curve === undefined || sequence <= curve.sequence) return;
    recall.curves.delete(id);
    // A state that was written after that row has more.
    if (curve.tick <= recall.asOf(row)) return;
    recallCurve(this.b, row, curve);
    recall.told.set(row, curve.sequence);
    this.curve.recall(row, curve.tick, curve.time);
  }

  end(): void {
    const { recall, accounts } = this.b;
    recall.source = null;
    for (const [account] of recall.curves) {
      const row = accounts.find(account);
      if (row >= 0) this.curveBefore(row, Infinity);
    }
    recall.curves.clear();
    recall.restored.clear();
  }

  /** After the marks are back: accounts that the ledger did not change since they were told of are no news by themselves. */
  quiet(): void {
    const { recall, accounts, marking } = this.b;
    for (let i = 0; i < marking.dirtyCount; i++) {
      const row = marking.dirtyRows[i] ?? 0;
      if (recall.told.get(row) === accounts.sequence[row]) accounts.dirty[row] = 1;
    }
    recall.told.clear();
  }

  /** What `action` applies, it applies as `source` recorded it: for one account, while the others go on. */
  during(source: RecallSource, action: () => void): void {
    const { recall } = this.b;
    // Of all accounts, where they are on their way back themselves.
    const { source: ofAll } = recall;
    recall.source = source;
    try {
      action();
    } finally {
      recall.source = ofAll;
      if (ofAll === null) {
        recall.restored.clear();
        recall.told.clear();
      }
    }
  }

  /** What the account's state has already, since it was written later, is not booked again. */
  private lateOf(row: number, list: readonly RecordedEffect[]): void {
    const asOf = this.b.recall.asOf(row);
    for (const recorded of list) {
      const { late, tick, time, bookings, rate } = recorded;
      if (late === null || tick <= asOf) continue;
      this.curveUntil(row, tick);
      recallLate(this.b, row, recorded);
      const effect = lateEffect(this.b, row, time, late, bookings[0] ?? NaN);
      effect.rate = rate;
      effect.recordedTick = tick;
      this.retell(effect);
    }
  }
}
