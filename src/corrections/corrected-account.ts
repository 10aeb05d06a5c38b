/**
 * An account on its way along its corrected curve: unitized by the ledger's own code, over a table of one row. Owns nav,
 * peak, drawdown and the session day; knows neither what is corrected nor why.
 */
import type { CurveRow } from '../domain/equity-update.ts';
import type { SessionCalendar } from '../domain/session-day.ts';
import { Accounts } from '../ledger/accounts.ts';
import { fillCurveRow, takePerformance } from '../ledger/curve-figures.ts';
import { measure, unitize, wipe, wipeIfRuined } from '../ledger/performance.ts';

/** Figures of a moment, corrected; base currency, minor units. */
export interface Moment {
  readonly ts: number;
  readonly cash: number;
  readonly position: number;
  readonly unrealized: number;
  readonly realized: number;
  readonly fees: number;
  readonly income: number;
  readonly netFlow: number;
  /** Lowest and highest equity of the period that ends here. */
  readonly lowest: number;
  readonly highest: number;
  /** Whether the lowest came after the highest. */
  readonly fallsAfterHigh: boolean;
}

export interface Extremes {
  low: number;
  high: number;
  /** Worst drawdown against the running peak. */
  worst: number;
}

const at = 0;

export class CorrectedAccount {
  private readonly a = new Accounts();
  private readonly calendar: SessionCalendar;
  private readonly dustMinor: number;
  private readonly extremes: Extremes = { low: NaN, high: NaN, worst: 0 };
  private sessionDate = '';
  private epochSeen = 0;
  /** Epoch and units with which the session day opened. */
  private epochAtOpen = 0;
  private unitsAtOpen = NaN;

  constructor(account: string, baseCurrency: string, calendar: SessionCalendar, dustMinor: number) {
    this.a.open(account, baseCurrency);
    this.calendar = calendar;
    this.dustMinor = dustMinor;
  }

  /** As a row of the corrected curve left it. */
  resume(row: CurveRow): void {
    const { a } = this;
    this.setFigures(
      row.cashBalance,
      row.positionValue,
      row.unrealizedPnl,
      row.realizedPnl,
      row.fees,
      row.income,
      row.netFlow,
    );
    takePerformance(a, at, row);
    a.sessionEnd[at] = this.calendar.endAfter(row.timestamp);
    this.sessionDate = row.sessionDate;
    this.epochSeen = Number.isNaN(row.nav) ? 0 : row.epoch;
  }

  get equity(): number {
    return this.a.equity(at);
  }

  /** Start of the session day that is open. */
  get sessionStart(): number {
    return this.calendar.startOf((this.a.sessionEnd[at] ?? NaN) - 1);
  }

  /** Whether the session day that is open ended by then, or none is open. */
  isOver(time: number): boolean {
    return !(time < (this.a.sessionEnd[at] ?? NaN));
  }

  /** The session day of `time` opens. */
  rollTo(time: number): void {
    const { a } = this;
    const end = a.sessionEnd[at] ?? NaN;
    a.sessionEnd[at] = this.calendar.endAfter(time);
    this.sessionDate = this.calendar.dateOf(time);
    if (!Number.isNaN(end)) this.openDay(a.equity(at));
  }

  /** The ledger says which session day it is: its dates count, whatever a clock said. */
  rollOn(sessionDate: string, time: number): void {
    if (sessionDate === this.sessionDate) return;
    this.rollTo(time);
    this.sessionDate = sessionDate;
  }

  private openDay(equity: number): void {
    const { a } = this;
    const nav = a.nav[at] ?? NaN;
    a.dayOpenEquity[at] = equity;
    a.dayNetFlow[at] = 0;
    a.dayOpenNav[at] = Number.isNaN(nav) ? 1 : nav;
    this.epochAtOpen = a.epoch[at] ?? 1;
    this.unitsAtOpen = a.wipedOut[at] === 0 ? (a.units[at] ?? NaN) : NaN;
  }

  /** What the day opened at, where somebody knows better than the last row before it. */
  setDayOpen(equity: number): void {
    const { a, unitsAtOpen } = this;
    a.dayOpenEquity[at] = equity;
    const isSameEpoch = a.epoch[at] === this.epochAtOpen;
    if (isSameEpoch && unitsAtOpen > 0) a.dayOpenNav[at] = Math.max(0, equity / unitsAtOpen);
  }

  /**
   * A flow of `amount` finds equity at `before` and leaves it at `after`: what came in kind may be worth more. `booked` is
   * what the ledger counts as its net flow: of one dated back in another currency, at the rate of when it was booked.
   */
  flow(
    before: number,
    amount: number,
    after: number,
    openPositions: number,
    time: number,
    booked = amount,
  ): void {
    const { a } = this;
    this.setEquity(before);
    wipeIfRuined(a, at);
    this.takeFlow(before, amount, after, openPositions, time);
    a.netFlow[at] = (a.netFlow[at] ?? 0) - amount + booked;
  }

  /** A flow that had waited for a rate is booked at a tick; equity has it already. */
  flowAtTick(before: number, amount: number, openPositions: number, time: number): void {
    const { a } = this;
    if ((a.units[at] ?? NaN) > 0 && a.wipedOut[at] === 0 && before <= 0 && a.netFlow[at] !== 0) wipe(a, at);
    this.takeFlow(before, amount, before + amount, openPositions, time);
  }

  private takeFlow(before: number, amount: number, after: number, openPositions: number, time: number): void {
    const { a } = this;
    this.setEquity(after);
    a.netFlow[at] = (a.netFlow[at] ?? 0) + amount;
    a.dayNetFlow[at] = (a.dayNetFlow[at] ?? 0) + amount;
    a.openPositions[at] = openPositions;
    unitize(a, at, before, amount, this.dustMinor, time);
  }

  /** The end of a period: its extremes are measured in the order in which they came, then where it ended. */
  measure(m: Moment): void {
    const { extremes } = this;
    const equity = m.cash + m.position;
    this.setFigures(m.cash, m.position, m.unrealized, m.realized, m.fees, m.income, m.netFlow);
    extremes.low = extremes.high = NaN;
    extremes.worst = 0;
    const path = m.fallsAfterHigh ? [m.highest, m.lowest] : [m.lowest, m.highest];
    for (const passed of path) if (passed !== equity) this.measureAt(passed, m.ts);
    this.setFigures(m.cash, m.position, m.unrealized, m.realized, m.fees, m.income, m.netFlow);
    this.measureAt(equity, m.ts);
    this.noteEpoch();
  }

  /** With the figures that it has. */
  measureNow(ts: number): void {
    const { extremes } = this;
    extremes.low = extremes.high = NaN;
    extremes.worst = 0;
    this.measureAt(this.equity, ts);
    this.noteEpoch();
  }

  private noteEpoch(): void {
    const { a, extremes } = this;
    const nav = a.nav[at] ?? NaN;
    a.tickNav[at] = nav;
    // An epoch begins at nav 1 with its flow: its first row has that peak.
    const epoch = a.epoch[at] ?? 1;
    if (!Number.isNaN(nav) && this.epochSeen !== epoch) {
      this.epochSeen = epoch;
      extremes.high = Math.max(extremes.high, a.peakNav[at] ?? nav);
    }
  }

  private measureAt(equity: number, time: number): void {
    const { a, extremes } = this;
    this.setEquity(equity);
    measure(a, at, time);
    const nav = a.nav[at] ?? NaN;
    if (!(nav >= extremes.low)) extremes.low = nav;
    if (!(nav <= extremes.high)) extremes.high = nav;
    extremes.worst = Math.min(extremes.worst, a.drawdown[at] ?? 0);
  }

  private setEquity(equity: number): void {
    const { a } = this;
    a.cashBalance[at] = (a.cashBalance[at] ?? 0) + (equity - a.equity(at));
  }

  private setFigures(
    cash: number,
    position: number,
    unrealized: number,
    realized: number,
    fees: number,
    income: number,
    netFlow: number,
  ): void {
    const { a } = this;
    a.cashBalance[at] = cash;
    a.localValue[at] = position;
    a.spotCost[at] = position - unrealized;
    a.realized[at] = realized;
    a.fees[at] = fees;
    a.income[at] = income;
    a.netFlow[at] = netFlow;
  }

  /** The account as measured last, as a row of the curve. */
  fill(state: string, ts: number, tick: number, sequence: number, out: CurveRow): CurveRow {
    const { a, extremes } = this;
    fillCurveRow(a, at, tick, ts, out);
    out.state = state;
    out.sequence = sequence;
    out.sessionDate = this.sessionDate;
    out.navLow = extremes.low;
    out.navHigh = extremes.high;
    out.worstDrawdown = extremes.worst;
    return out;
  }
}
