/**
 * The book: every account of a partition, and the only thing that changes them. One call a ledger message, one a tick.
 * Pure: no clock, no I/O; the same calls give the same book.
 */
import type { AccountView } from '../domain/account-view.ts';
import type { CurveRow, EquityUpdate } from '../domain/equity-update.ts';
import type { InstrumentFields, InstrumentTable } from '../domain/instrument.ts';
import type { EventArea, LedgerEvent, LedgerMessage } from '../domain/ledger-event.ts';
import { isRejected } from '../domain/ledger-event.ts';
import type { LifecycleChart } from '../domain/lifecycle.ts';
import { closedState } from '../domain/lifecycle.ts';
import type { PriceChanges } from '../domain/price-change.ts';
import type { Rejected } from '../domain/rejection.ts';
import { accountSettings } from './account-settings.ts';
import { Accounts } from './accounts.ts';
import { applyAdmin } from './apply-admin.ts';
import { applyCash } from './apply-cash.ts';
import { applyRebase } from './apply-rebase.ts';
import { applySettlement } from './apply-settlement.ts';
import { bookWaiting } from './booking.ts';
import { BookRecall } from './book-recall.ts';
import type { BookOptions, BookParts } from './book-parts.ts';
import { Curve } from './curve.ts';
import { emptyUpdate, fillUpdate } from './curve-figures.ts';
import { emptyEffect, resetEffect } from './effect-record.ts';
import { EventIds, hasSeenId } from './event-ids.ts';
import { Holdings } from './holdings.ts';
import type { HeldSymbols } from './holdings.ts';
import type { Judge } from './judge.ts';
import { lateEffect, noteAfter } from './late-effect.ts';
import { Marking } from './marking.ts';
import { Marks } from './marks.ts';
import type { Outcome } from './outcome.ts';
import { outcomes } from './outcome.ts';
import { eachOverdraft } from './overdrawn.ts';
import type { TakeOverdraft } from './overdrawn.ts';
import { measure } from './performance.ts';
import { Pockets } from './pockets.ts';
import { Rates } from './rates.ts';
import { Rebasing } from './rebasing.ts';
import { Recall, recallEffect } from './recall.ts';
import { setInstrument } from './reference-data.ts';
import { SeenIds } from './seen-ids.ts';
import { Sessions } from './session.ts';
import { Snapshots } from './snapshot.ts';
import type { IdPageBytes } from './snapshot.ts';
import { unpricedOf } from './unpriced.ts';
import { viewAccount } from './view.ts';
import type { VoidRebuild } from './void-rebuild.ts';
import { Voiding } from './voiding.ts';
import { Voids } from './voids.ts';
import { Waiting } from './waiting.ts';

export class Book {
  readonly accounts = new Accounts();
  private readonly parts: BookParts;
  private readonly curve: Curve;
  /** The way back after a restart. */
  readonly past: BookRecall;
  private readonly snapshots: Snapshots;
  /** Of whom a message needs the account's past, which whoever applies it brings. */
  readonly voiding: Voiding;
  private readonly ids = new EventIds();
  /** Whether the account remembers an event of that id, whatever it said. */
  readonly hasSeen = (row: number, area: EventArea, id: string) => hasSeenId(this.parts, row, area, id);
  private readonly update = emptyUpdate();
  private now = NaN;

  /** `scratchOf`: the book judges an account's past once more, for a void, and is thrown away. */
  constructor(
    options: BookOptions,
    instruments: InstrumentTable,
    chart: LifecycleChart,
    scratchOf: VoidRebuild | null = null,
  ) {
    const { accounts } = this;
    const marks = new Marks();
    const rates = new Rates(instruments, marks, options.pivot);
    const holdings = new Holdings();
    const pockets = new Pockets();
    this.parts = {
      accounts,
      holdings,
      pockets,
      marks,
      rates,
      marking: new Marking(accounts, holdings, pockets, marks, rates, instruments, options.marksAtExit),
      sessions: new Sessions(accounts, options.eventsTakeTickTime),
      seen: new SeenIds(options.idsKept),
      waiting: new Waiting(),
      voids: new Voids(options.voidsWaitMs),
      recall: new Recall(),
      rebasing: new Rebasing(accounts),
      instruments,
      chart,
      options,
      effect: emptyEffect(),
    };
    this.curve = new Curve(accounts, this.parts.sessions);
    this.past = new BookRecall(this.parts, this.curve);
    this.snapshots = new Snapshots(this.parts, this.curve);
    const timed = { ...options, eventsTakeTickTime: false };
    const scratch = (rebuild: VoidRebuild): Book => new Book(timed, instruments, chart, rebuild);
    this.voiding = new Voiding(this.parts, scratch, scratchOf);
    this.parts.sessions.calendar(options.timezone, options.cutoverMinutes);
  }

  /** The last tick at which an account was closed. */
  get tick(): number {
    return this.accounts.lastTick;
  }

  get holdingCount(): number {
    return this.parts.holdings.count;
  }

  get held(): HeldSymbols {
    return this.parts.holdings;
  }

  /** Accounts to close at this tick; the first `dirtyCount` count. */
  get dirtyRows(): Int32Array {
    return this.parts.marking.dirtyRows;
  }

  get dirtyCount(): number {
    return this.parts.marking.dirtyCount;
  }

  /**
   * Applies a message to the account of `row`, element by element; at or below the account's sequence it changes
   * nothing. With `row` -1 the account is opened if an element of the message opens it. What `voiding` asks for
   * comes before.
   * @returns the account's row, -1 if it was not there and was not opened
   */
  apply(row: number, message: LedgerMessage, judge: Judge): number {
    const { accounts, options } = this.parts;
    this.voiding.expire(message, judge);
    let known = row >= 0;
    if (known && message.sequence <= (accounts.sequence[row] ?? 0)) return row;
    const time = options.eventsTakeTickTime ? NaN : message.time;
    const at = known ? row : this.openRow(message.account, time);
    this.parts.sessions.atHand.clear();
    if (known) this.past.curveBefore(row, message.sequence);
    for (let index = 0; index < message.items.length; index++) {
      const item = message.items[index] as LedgerEvent | Rejected;
      const outcome = isRejected(item) ? item : this.applyOne(at, known, item, message, index, time);
      if (outcome === 'applied') {
        known = true;
        judge.applied(this.parts.effect);
        if (this.parts.voids.hasWaiting) {
          this.voiding.applyWaiting(at, item, message, judge, (event, place) =>
            this.applyOne(at, true, event, message, place, time),
          );
        }
      } else if (outcome === 'waits') {
        known = true;
        judge.voidWaits(at, message, index);
      } else if (outcome === 'duplicate') judge.duplicate(message, index);
      else if (outcome === 'stale') judge.stale(message, index);
      else judge.rejected(message, index, outcome);
    }
    this.voiding.forget();
    if (!known) {
      accounts.discardLast();
      return -1;
    }
    accounts.sequence[at] = message.sequence;
    this.past.lateAfter(at, message.account, message.sequence);
    return at;
  }

  /** The whole state of an account. What it names of `idPages` is to be taken with it, and to be kept before it. */
  snapshot(row: number): Uint8Array {
    return this.snapshots.take(row);
  }

  /** The full pages of ids that a snapshot taken now names, from number `from` on; `slot` is where each is kept. */
  idPages(row: number, from = 0): IdPageBytes[] {
    return this.snapshots.idPages(row, from);
  }

  /** How many pages of ids the account's snapshots have named, ever. */
  idPageCount(row: number): number {
    return this.parts.seen.namedCount(row);
  }

  /** The account's last snapshot is kept, and its pages: slots of pages that only earlier ones named are free. */
  snapshotKept(row: number): void {
    this.parts.seen.kept(row);
  }

  /**
   * The account as a snapshot has it, in a new row or in place of all that its row had; the next tick tells only what
   * was not told when it was taken. Throws where the state is of another format, or does not fit the marks of now.
   */
  restore(state: Uint8Array): number {
    return this.snapshots.restore(state);
  }

  /** A page of ids; it may come before or after the state that names it. */
  restoreIds(account: string, slot: number, page: Uint8Array): void {
    this.snapshots.restoreIds(account, slot, page);
  }

  /** All that was kept has come: throws where a page of ids is missing. Nothing is applied before this. */
  endRestore(): void {
    this.snapshots.end();
  }

  /** The account is as new: for a rebuild of one of which nothing was written down. */
  reset(row: number): void {
    const { options, instruments, chart } = this.parts;
    const fresh = new Book(options, instruments, chart);
    this.restore(fresh.snapshot(fresh.openRow(this.accounts.ids[row] ?? '', NaN)));
  }

  /** The account is on the next tick's list, also where a tick passed it over. */
  touch(row: number): void {
    this.accounts.dirty[row] = 0;
    this.parts.marking.touch(row, 2);
  }

  /** The account takes no commands, as by an event of its ledger. */
  suspend(row: number): void {
    const { accounts, chart } = this.parts;
    accounts.lifecycle[row] = chart(accounts.lifecycle[row] ?? 0, 'suspend');
    this.touch(row);
  }

  /** What the market did since the last tick. Opens the tick: sessions roll before anything is marked. */
  beginTick(time: number, changes: PriceChanges, held: (symbol: number) => void): void {
    const { marking, sessions } = this.parts;
    this.now = time;
    sessions.rollAll(time, (row) => {
      marking.touch(row, 2);
    });
    marking.apply(changes, held);
  }

  /**
   * Closes the tick for one account of `dirtyRows`: performance is measured.
   * @returns the update to emit (reused), or null if no figure changed
   */
  closeTick(row: number, tick: number, time: number, judge: Judge): EquityUpdate | null {
    const { accounts: a } = this.parts;
    const changed = a.dirty[row] === 2;
    a.dirty[row] = 0;
    a.lastTick = tick;
    const booked = bookWaiting(this.parts, row, time, (entry, base) => {
      const { field, pair, amount, holding } = entry;
      const late = { field, amount, currency: this.parts.rates.currency(pair) };
      judge.bookedLate(lateEffect(this.parts, row, time, late, base, holding));
    });
    measure(a, row, time);
    if (this.parts.rebasing.isWatching) this.parts.rebasing.track(row, time);
    const equity = a.equity(row);
    const unrealized = a.unrealized(row);
    const moved =
      equity !== a.tickEquity[row] ||
      a.cashBalance[row] !== a.tickCash[row] ||
      unrealized !== a.tickUnrealized[row];
    if (!changed && !booked && !moved) return null;
    a.tickEquity[row] = equity;
    a.tickCash[row] = a.cashBalance[row] ?? 0;
    a.tickUnrealized[row] = unrealized;
    a.tickNetFlow[row] = a.netFlow[row] ?? 0;
    a.tickNav[row] = a.nav[row] ?? NaN;
    this.curve.note(row, tick, time);
    fillUpdate(a, row, tick, time, this.update);
    return this.update;
  }

  endTick(): void {
    this.parts.marking.dirtyCount = 0;
    this.parts.marking.newlyRated.clear();
  }

  /** The rows of the curve's period that is over. */
  drainCurve(emit: (row: CurveRow) => void): void {
    this.curve.drain(emit);
  }

  /** Currencies and symbols without a price that the account holds. */
  unpricedOf(row: number): readonly string[] {
    return unpricedOf(this.parts, row);
  }

  /** Whether any account may hold something without a price: false says that none does. */
  get mayBeUnpriced(): boolean {
    return this.parts.rates.hasUnrated || this.parts.holdings.hasUnmarked((symbol) => this.hasMark(symbol));
  }

  /** Cash below zero, of every account. */
  eachOverdraft(take: TakeOverdraft): void {
    eachOverdraft(this.parts, take);
  }

  view(account: string): AccountView | null {
    const row = this.accounts.find(account);
    return row < 0 ? null : this.viewRow(row);
  }

  viewRow(row: number): AccountView {
    return viewAccount(this.parts, row, this.curve.tick[row] ?? 0, this.curve.time[row] ?? 0, this.now);
  }

  hasMark(symbol: number): boolean {
    return this.parts.marks.has(symbol);
  }

  /** The mark of a symbol that has one: integers at its price scale, milliseconds. */
  mark(symbol: number): { mid: number; bid: number; ask: number; time: number } {
    const { mid, bid, ask, time } = this.parts.marks;
    return { mid: mid[symbol] ?? 0, bid: bid[symbol] ?? 0, ask: ask[symbol] ?? 0, time: time[symbol] ?? NaN };
  }

  /** When the symbol's mark was priced, milliseconds; NaN where it has none. */
  markTime(symbol: number): number {
    return this.hasMark(symbol) ? (this.parts.marks.time[symbol] ?? NaN) : NaN;
  }

  /** New reference data. Says what stands in the way, or null when it is set. */
  setInstrument(symbol: number, fields: InstrumentFields): string | null {
    return setInstrument(this.parts, symbol, fields);
  }

  private openRow(account: string, time: number): number {
    const row = this.accounts.open(account, this.parts.options.baseCurrency);
    this.parts.sessions.begin(row, time);
    return row;
  }

  private applyOne(
    row: number,
    known: boolean,
    event: LedgerEvent,
    message: LedgerMessage,
    index: number,
    time: number,
  ): Outcome {
    const { sequence } = message;
    const b = this.parts;
    const { accounts, effect } = b;
    const isAdmin = !('id' in event);
    const isRebase = event.kind === 'rebase';
    const opens = isAdmin ? event.kind === 'open' : !isRebase && b.options.autoOpen;
    if (!known && !opens) return outcomes.accountUnknown;
    if (!isAdmin) {
      let seen = this.ids.check(b, row, event);
      if (seen === 'new' && !isRebase && b.voids.hasWaiting) seen = this.voiding.seenWaiting(row, event);
      if (seen === 'duplicate') return 'duplicate';
      if (seen === 'conflict') return outcomes.idConflict;
      // The rebase of what was corrected before it was closed is no new fact.
      if (!isRebase && accounts.lifecycle[row] === closedState) return outcomes.accountClosed;
    }
    this.curve.hold(row);
    if (isRebase) this.past.keepStanding(row);
    const stateBefore = accounts.lifecycle[row];
    const { source } = b.recall;
    const recorded = source?.effect(sequence, index) ?? null;
    const equity = source === null ? null : (recorded?.equityBefore ?? NaN);
    if (!Number.isNaN(time) && b.sessions.rollBefore(row, time, equity)) b.marking.touch(row, 2);
    resetEffect(effect);
    b.recall.use(recorded);
    const at = Number.isNaN(time) && recorded !== null ? recorded.time : time;
    const dated = 'effectiveOn' in event ? b.sessions.dated(row, event, at) : event;
    const outcome = !('id' in dated)
      ? applyAdmin(b, row, dated, time)
      : 'direction' in dated
        ? applySettlement(b, row, dated, time)
        : dated.kind === 'void'
          ? this.voiding.apply(row, dated, message, index)
          : dated.kind === 'rebase'
            ? applyRebase(b, row, dated, sequence, this.curve)
            : applyCash(b, row, dated, time);
    if (outcome !== 'applied') {
      b.recall.use(null);
      return outcome;
    }
    if (!isAdmin) {
      this.ids.remember(b, row);
      accounts.lifecycle[row] = b.chart(accounts.lifecycle[row] ?? 0, 'settled');
    }
    if (recorded !== null) recallEffect(b, row, recorded);
    b.recall.use(null);
    b.marking.touch(row, 2);
    effect.accountId = accounts.ids[row] ?? '';
    effect.sequence = sequence;
    effect.index = index;
    effect.time = at;
    effect.event = dated;
    if (isAdmin || accounts.lifecycle[row] !== stateBefore) effect.settings = accountSettings(b, row);
    noteAfter(b, row);
    this.voiding.noteApplied();
    // Rows are of before a correction or of after it.
    if (!('direction' in dated) && b.rebasing.note(row, dated, sequence, at)) this.curve.cut(row);
    return 'applied';
  }
}
