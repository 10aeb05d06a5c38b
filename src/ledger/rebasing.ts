/**
 * Accounts of which history was corrected and not recomputed yet: what their nav did since the correction, tick by tick,
 * so that the rebase that comes finds it. Nav, high, low and worst fall are in the scale of the units that the account
 * has meanwhile. Knows nothing of how a rebase is applied.
 */
import type { LedgerEvent } from '../domain/ledger-event.ts';
import type { RecordedPeriod } from '../domain/recorded.ts';
import type { Accounts } from './accounts.ts';

export interface PendingRebase {
  /** LEDGER sequence of the last correction. */
  of: number;
  /** Of a flow whose event has the time of the next tick: when it takes effect, milliseconds; NaN otherwise. */
  effectiveAt: number;
  /** Just after the correction; nav is NaN before the first flow. */
  epochThen: number;
  navThen: number;
  /** End of the session that was open, milliseconds. */
  sessionThen: number;
  /** Of the first tick after it, and of the first one of an epoch that began since, milliseconds; NaN until then. */
  since: number;
  epochSince: number;
  /** The epoch that the figures below are of, and those: NaN until a tick. */
  epoch: number;
  high: number;
  /** Milliseconds. */
  highTime: number;
  low: number;
  /** Worst fall from a high since the correction, 0 or below. */
  worst: number;
  /** Peak of total equity - net flow, minor units. */
  profit: number;
}

export function emptyPending(): PendingRebase {
  return {
    of: 0, effectiveAt: NaN, epochThen: 1, navThen: NaN, sessionThen: NaN, since: NaN, epochSince: NaN, epoch: 1,
    high: NaN, highTime: NaN, low: NaN, worst: 0, profit: NaN,
  }; // prettier-ignore
}

export class Rebasing {
  private readonly byRow = new Map<number, PendingRebase>();
  /** Of events that have the time of the next tick: whether they correct history it will tell. */
  private readonly untimed = new Map<number, PendingRebase[]>();
  private readonly accounts: Accounts;

  constructor(accounts: Accounts) {
    this.accounts = accounts;
  }

  /** Whether a tick must be told of: of most accounts, at most times, nothing waits. */
  get isWatching(): boolean {
    return this.byRow.size > 0 || this.untimed.size > 0;
  }

  of(row: number): PendingRebase | null {
    return this.byRow.get(row) ?? null;
  }

  untimedOf(row: number): readonly PendingRebase[] {
    return this.untimed.get(row) ?? [];
  }

  /** Rows of the accounts that wait. */
  rows(): IterableIterator<number> {
    return this.byRow.keys();
  }

  set(row: number, pending: PendingRebase): void {
    if (Number.isNaN(pending.effectiveAt)) this.byRow.set(row, pending);
    else this.untimed.set(row, [...this.untimedOf(row), pending]);
  }

  clear(row: number): void {
    this.byRow.delete(row);
    this.untimed.delete(row);
  }

  /**
   * An event was applied. If it corrects history, the account waits for its rebase; what was seen since an earlier
   * correction is then the rebase's to say. `time`, milliseconds, is NaN where the next tick will tell.
   * @returns whether it corrects history, or may
   */
  note(row: number, event: LedgerEvent, sequence: number, time: number): boolean {
    const isFlow = event.kind === 'deposit' || event.kind === 'withdrawal';
    const isBackDated = isFlow && event.effectiveAt < (Number.isNaN(time) ? Infinity : time);
    if (event.kind !== 'void' && !isBackDated) return false;
    const { accounts: a } = this;
    const epoch = a.epoch[row] ?? 1;
    const effectiveAt = isFlow && Number.isNaN(time) ? event.effectiveAt : NaN;
    const navThen = a.nav[row] ?? NaN;
    const sessionThen = a.sessionEnd[row] ?? NaN;
    const then = { epochThen: epoch, navThen, sessionThen, epoch };
    this.set(row, { ...emptyPending(), of: sequence, effectiveAt, ...then });
    return true;
  }

  /** At a tick, after the account was measured. */
  track(row: number, time: number): void {
    if (this.untimed.size > 0) this.tell(row, time);
    const p = this.byRow.get(row);
    if (p === undefined) return;
    const { accounts: a } = this;
    const nav = a.nav[row] ?? NaN;
    this.begin(p, time, a.epoch[row] ?? 1, nav);
    const profit = a.equity(row) - (a.netFlow[row] ?? 0);
    if (!(profit <= p.profit)) p.profit = profit;
    if (Number.isNaN(nav)) return;
    this.seeNav(p, time, nav);
    if (p.high > 0) p.worst = Math.min(p.worst, nav / p.high - 1);
  }

  /** A row of the curve from before a restart. Of its ticks, in which order high and low came is not known. */
  recall(row: number, period: RecordedPeriod): void {
    const p = this.byRow.get(row);
    if (p === undefined || period.sequence < p.of) return;
    const { time, epoch, navLow, navHigh, worstDrawdown, profit } = period;
    this.begin(p, time, epoch, navHigh);
    if (!(profit <= p.profit)) p.profit = profit;
    if (Number.isNaN(navHigh)) return;
    if (p.high > 0) p.worst = Math.min(p.worst, navLow / p.high - 1);
    // Neither a fall from before the correction nor a low before its high is one since.
    if (navHigh > 0) p.worst = Math.min(p.worst, Math.max(worstDrawdown, navLow / navHigh - 1));
    this.seeNav(p, time, navHigh);
    this.seeNav(p, time, navLow);
  }

  /** The tick is the time of what came before it: a flow that is dated no earlier counts as now. */
  private tell(row: number, time: number): void {
    const earlier = this.untimedOf(row).filter(({ effectiveAt }) => effectiveAt < time);
    const last = earlier.at(-1);
    this.untimed.delete(row);
    if (last !== undefined && last.of > (this.of(row)?.of ?? 0)) this.set(row, { ...last, effectiveAt: NaN });
  }

  /** Before a tick is seen: the first one, and the first of an epoch of nav, begin anew. */
  private begin(p: PendingRebase, time: number, epoch: number, nav: number): void {
    if (Number.isNaN(p.since)) p.since = time;
    const hasBegun = Number.isNaN(p.navThen) && Number.isNaN(p.high) && !Number.isNaN(nav);
    if (epoch === p.epoch && !hasBegun) return;
    p.epoch = epoch;
    p.epochSince = time;
    p.high = p.low = p.highTime = p.profit = NaN;
    p.worst = 0;
  }

  private seeNav(p: PendingRebase, time: number, nav: number): void {
    if (!(nav < p.high)) {
      p.high = nav;
      p.highTime = time;
    }
    if (!(nav >= p.low)) p.low = nav;
  }
}
