/**
 * The curve: one row an account and period in which it changed, the state at the last tick of the period, with the
 * extremes of nav inside it. A ledger event that arrives after that tick must not be in the row: the state of an
 * account is copied before such an event changes it.
 */
import type { CurveRow } from '../domain/equity-update.ts';
import type { Accounts } from './accounts.ts';
import { emptyCurveRow, fillCurveRow } from './curve-figures.ts';
import { grown, nextCapacity } from './grow.ts';
import type { Sessions } from './session.ts';

export class Curve {
  /** Tick and time at which the account was closed last. */
  tick = new Float64Array(0);
  time = new Float64Array(0);
  private navLow = new Float64Array(0);
  private navHigh = new Float64Array(0);
  private worst = new Float64Array(0);
  private inPeriod = new Uint8Array(0);
  private epochNoted = new Int32Array(0);
  private rows: number[] = [];
  private readonly held = new Map<number, CurveRow>();
  /** Rows of epochs that ended within the period. */
  private readonly finished: CurveRow[] = [];
  private readonly scratch = emptyCurveRow();
  private readonly accounts: Accounts;
  private readonly sessions: Sessions;

  constructor(accounts: Accounts, sessions: Sessions) {
    this.accounts = accounts;
    this.sessions = sessions;
  }

  /** The account was closed at a tick. */
  note(row: number, tick: number, time: number): void {
    if (row >= this.tick.length) this.grow(row + 1);
    const nav = this.accounts.nav[row] ?? NaN;
    const high = this.highOf(row, nav);
    const drawdown = this.accounts.drawdown[row] ?? 0;
    this.tick[row] = tick;
    this.time[row] = time;
    if (this.inPeriod[row] === 0) {
      this.inPeriod[row] = 1;
      this.rows.push(row);
      this.beginExtremes(row, nav, high, drawdown);
      return;
    }
    if (this.held.size > 0) {
      const before = this.held.get(row);
      this.held.delete(row);
      if (before !== undefined && before.epoch !== this.accounts.epoch[row]) {
        // A new epoch of nav: what the former one came to is a row of its own, its extremes are not the new one's.
        this.finished.push(before);
        this.beginExtremes(row, nav, high, drawdown);
        return;
      }
    }
    if (!(nav >= (this.navLow[row] ?? NaN))) this.navLow[row] = nav;
    if (!(high <= (this.navHigh[row] ?? NaN))) this.navHigh[row] = high;
    if (drawdown < (this.worst[row] ?? 0)) this.worst[row] = drawdown;
  }

  /** Where the account's curve stood before a restart. */
  recall(row: number, tick: number, time: number): void {
    if (row >= this.tick.length) this.grow(row + 1);
    this.tick[row] = tick;
    this.time[row] = time;
    this.epochNoted[row] = Number.isNaN(this.accounts.nav[row]) ? 0 : (this.accounts.epoch[row] ?? 0);
  }

  /** The epoch of nav that the account's last row with a nav was of; 0 for none. */
  notedEpoch(row: number): number {
    return this.epochNoted[row] ?? 0;
  }

  /** As a snapshot has it. What the open period holds of the account is of another state of it, and is told by itself. */
  resume(row: number, tick: number, time: number, epochNoted: number): void {
    if (row >= this.tick.length) this.grow(row + 1);
    this.tick[row] = tick;
    this.time[row] = time;
    this.epochNoted[row] = epochNoted;
    if (this.inPeriod[row] === 0) return;
    this.inPeriod[row] = 0;
    const before = this.held.get(row);
    if (before !== undefined) this.finished.push(before);
    this.held.delete(row);
    this.rows = this.rows.filter((other) => other !== row);
  }

  /** Rows of the account that the world was told of and that no drain has given out, in order. Snapshots keep them. */
  unwritten(row: number): CurveRow[] {
    const id = this.accounts.ids[row];
    const rows = this.finished.filter(({ accountId }) => accountId === id);
    if (this.inPeriod[row] === 1) rows.push({ ...(this.held.get(row) ?? this.fill(row, this.scratch)) });
    return rows;
  }

  /** An epoch begins at nav 1 with its flow, between ticks: its first tick has that peak, though nav may be lower. */
  private highOf(row: number, nav: number): number {
    const epoch = this.accounts.epoch[row] ?? 1;
    if (Number.isNaN(nav) || this.epochNoted[row] === epoch) return nav;
    this.epochNoted[row] = epoch;
    return Math.max(nav, this.accounts.peakNav[row] ?? nav);
  }

  private beginExtremes(row: number, nav: number, high: number, drawdown: number): void {
    this.navLow[row] = nav;
    this.navHigh[row] = high;
    this.worst[row] = drawdown;
  }

  /** Before a ledger event changes the account. */
  hold(row: number): void {
    if (this.inPeriod[row] !== 1 || this.held.has(row)) return;
    this.held.set(row, { ...this.fill(row, this.scratch) });
  }

  /** The open period's row ends with the last tick, and what comes later is of another one. After `hold`. */
  cut(row: number): void {
    const before = this.held.get(row);
    if (before === undefined) return;
    this.finished.push(before);
    this.held.delete(row);
    this.inPeriod[row] = 0;
  }

  /** Units are `factor` times as many: what the open period saw was at so much higher a nav. NaN, 0: nothing to compare. */
  rescale(row: number, factor: number): void {
    if (this.inPeriod[row] !== 1) return;
    const a = this.accounts;
    const nav = a.nav[row] ?? NaN;
    const drawdown = a.drawdown[row] ?? 0;
    if (!(factor > 0 && factor < Infinity) || a.wipedOut[row] === 1) {
      this.beginExtremes(row, nav, nav, drawdown);
      return;
    }
    const low = (this.navLow[row] ?? NaN) / factor;
    this.navLow[row] = low;
    this.navHigh[row] = (this.navHigh[row] ?? NaN) / factor;
    // Never worse than the worst: the low may have come before the peak.
    this.worst[row] = Math.max(a.maxDrawdown[row] ?? 0, Math.min(0, low / (a.peakNav[row] ?? NaN) - 1));
  }

  /** The period is over: its rows, in the order in which accounts changed first. The row handed out is reused. */
  drain(emit: (row: CurveRow) => void): void {
    for (const row of this.finished) emit(row);
    this.finished.length = 0;
    for (const row of this.rows) {
      // One that was cut and has seen no tick since.
      if (this.inPeriod[row] !== 1) continue;
      emit(this.held.get(row) ?? this.fill(row, this.scratch));
      this.inPeriod[row] = 0;
    }
    this.rows = [];
    this.held.clear();
  }

  private fill(row: number, out: CurveRow): CurveRow {
    const a = this.accounts;
    fillCurveRow(a, row, this.tick[row] ?? 0, this.time[row] ?? 0, out);
    out.sessionDate = this.sessions.dateOf(row, this.time[row] ?? 0);
    out.navLow = this.navLow[row] ?? NaN;
    out.navHigh = this.navHigh[row] ?? NaN;
    out.worstDrawdown = this.worst[row] ?? 0;
    return out;
  }

  private grow(needed: number): void {
    const capacity = nextCapacity(this.tick.length, needed);
    this.tick = grown(this.tick, capacity);
    this.time = grown(this.time, capacity);
    this.navLow = grown(this.navLow, capacity);
    this.navHigh = grown(this.navHigh, capacity);
    this.worst = grown(this.worst, capacity);
    this.inPeriod = grown(this.inPeriod, capacity);
    this.epochNoted = grown(this.epochNoted, capacity);
  }
}
