/**
 * The curve: one row an account and period in which it changed, the state at the last tick of the period, with the
 * extremes of nav inside it. A ledger event that arrives after that tick must not be in the row: the state of an
 * account is copied before such an event changes it.
 */
import type { CurveRow, EquityUpdate } from '../domain/equity-update.ts';
import type { Accounts } from './accounts.ts';
import { grown, nextCapacity } from './grow.ts';
import type { Sessions } from './session.ts';
import { dayChange, dayChangePercent } from './session.ts';
import { lifecycleStates } from '../domain/lifecycle.ts';

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

  /** As a snapshot has it. What the open period holds of the account was of another state of it. */
  resume(row: number, tick: number, time: number, epochNoted: number): void {
    if (row >= this.tick.length) this.grow(row + 1);
    this.tick[row] = tick;
    this.time[row] = time;
    this.epochNoted[row] = epochNoted;
    if (this.inPeriod[row] === 0) return;
    this.inPeriod[row] = 0;
    this.held.delete(row);
    this.rows = this.rows.filter((other) => other !== row);
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

  /** The period is over: its rows, in the order in which accounts changed first. The row handed out is reused. */
  drain(emit: (row: CurveRow) => void): void {
    for (const row of this.finished) emit(row);
    this.finished.length = 0;
    for (const row of this.rows) {
      emit(this.held.get(row) ?? this.fill(row, this.scratch));
      this.inPeriod[row] = 0;
    }
    this.rows = [];
    this.held.clear();
  }

  private fill(row: number, out: CurveRow): CurveRow {
    const a = this.accounts;
    fillUpdate(a, row, this.tick[row] ?? 0, this.time[row] ?? 0, out);
    out.sessionDate = this.sessions.dateOf(row, this.time[row] ?? 0);
    out.epoch = a.epoch[row] ?? 1;
    out.navLow = this.navLow[row] ?? NaN;
    out.navHigh = this.navHigh[row] ?? NaN;
    out.worstDrawdown = this.worst[row] ?? 0;
    out.units = a.units[row] ?? NaN;
    out.maxDrawdownLife = a.maxDrawdownLife[row] ?? 0;
    out.dayOpenEquity = a.dayOpenEquity[row] ?? 0;
    out.dayOpenNav = a.dayOpenNav[row] ?? 1;
    out.dayNetFlow = a.dayNetFlow[row] ?? 0;
    out.peakProfit = a.peakProfit[row] ?? 0;
    out.wipedOut = a.wipedOut[row] === 1;
    out.peakTime = a.peakTime[row] ?? NaN;
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

/** The account as it stands, into `out`. */
export function fillUpdate(a: Accounts, row: number, tick: number, time: number, out: EquityUpdate): void {
  out.accountId = a.ids[row] ?? '';
  out.currency = a.baseCurrency[row] ?? '';
  out.tick = tick;
  out.timestamp = time;
  out.cashBalance = a.cashBalance[row] ?? 0;
  out.positionValue = a.positionValue(row);
  out.totalEquity = out.cashBalance + out.positionValue;
  out.unrealizedPnl = a.unrealized(row);
  out.realizedPnl = a.realized[row] ?? 0;
  out.fees = a.fees[row] ?? 0;
  out.income = a.income[row] ?? 0;
  out.netFlow = a.netFlow[row] ?? 0;
  out.dayChange = dayChange(a, row);
  out.dayChangePercent = dayChangePercent(a, row);
  out.nav = a.nav[row] ?? NaN;
  out.peakNav = a.peakNav[row] ?? NaN;
  out.drawdown = a.drawdown[row] ?? 0;
  out.maxDrawdown = a.maxDrawdown[row] ?? 0;
  out.state = lifecycleStates[a.lifecycle[row] ?? 0] ?? 'pending';
  out.sequence = a.sequence[row] ?? 0;
}

export function emptyUpdate(): EquityUpdate {
  return {
    accountId: '', currency: '', tick: 0, timestamp: 0, totalEquity: 0, cashBalance: 0, positionValue: 0,
    unrealizedPnl: 0, realizedPnl: 0, fees: 0, income: 0, netFlow: 0, dayChange: 0, dayChangePercent: NaN, nav: NaN,
    peakNav: NaN, drawdown: 0, maxDrawdown: 0, state: 'pending', sequence: 0,
  }; // prettier-ignore
}

function emptyCurveRow(): CurveRow {
  return {
    ...emptyUpdate(), sessionDate: '', epoch: 1, navLow: NaN, navHigh: NaN, worstDrawdown: 0, units: NaN,
    maxDrawdownLife: 0, dayOpenEquity: 0, dayOpenNav: 1, dayNetFlow: 0, peakProfit: 0, wipedOut: false,
    peakTime: NaN,
  }; // prettier-ignore
}
