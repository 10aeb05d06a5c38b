/**
 * A walk along an account's past: fed with its rows, effects and prices in order (history-order.ts), it makes the rows
 * as they would have been without what was voided, and with flows where they took effect; at the end, what that makes of
 * the account now. Pure, and its memory does not grow with the rows.
 *
 * Equity is exact at every row, in the base currency to the minor unit. A flow finds the equity that its effect
 * recorded, shifted; a flow dated back finds that of the last row before it. The extremes within a period are recorded
 * as nav only: each is shifted by the smaller of what equity was off by at the two ends of the period, and left out while
 * a fill counted that was voided, so that no peak and no fall is invented (one that was may be smaller than it was). With ticks as the curve's resolution there are no
 * such periods, and nothing is approximate but what shifts.ts says.
 */
import type { CurveRow } from '../domain/equity-update.ts';
import type { SessionCalendar } from '../domain/session-day.ts';
import { emptyCurveRow } from '../ledger/curve-figures.ts';
import { CorrectedAccount } from './corrected-account.ts';
import { Market } from './market.ts';
import type { MarketOptions } from './market.ts';
import type { Corrections, EffectRecord, PriceRecord } from './records.ts';
import { isBackdated, keyOf } from './records.ts';
import type { Shift } from './shifts.ts';
import { Shifts } from './shifts.ts';

export interface WalkOptions {
  readonly account: string;
  readonly market: MarketOptions;
  readonly calendar: SessionCalendar;
  readonly dustMinor: number;
  readonly corrections: Corrections;
  /** The last row before those that are walked, corrected and as it was recorded; null: there is none. */
  readonly from: { readonly corrected: CurveRow; readonly recorded: CurveRow } | null;
  /** The row handed out is reused. */
  readonly emit: (row: CurveRow) => void;
}

/** How the account stands at the last row, corrected; and the units that the row recorded. */
export interface WalkEnd {
  readonly row: CurveRow;
  readonly unitsRecorded: number;
}

/** Of a minor unit: what doubles may lose between nav and equity. */
const tolerance = 1e-6;
const flowKinds = new Set(['deposit', 'withdrawal', 'transfer', 'conversion']);

export class HistoryWalk {
  private readonly market: Market;
  private readonly shifts: Shifts;
  private readonly account: CorrectedAccount;
  private readonly corrections: Corrections;
  private readonly emit: (row: CurveRow) => void;
  /** Of `corrections.backdated`: those before it have taken effect. */
  private nextBackdated = 0;
  /** Up to here, everything is in what the walk begins with: LEDGER sequence, milliseconds. */
  readonly since: { readonly sequence: number; readonly time: number };
  private hasBegun = false;
  /** Of the last row or effect. */
  private sequence: number;
  private openPositions = 0;
  private recorded: CurveRow | null;
  /** What the last row was off by. */
  private shiftThen: number;
  /** Whether positions were among it. */
  private hadPositions = false;
  /** A price moved what is off, and no row has shown it yet. */
  private moved: PriceRecord | null = null;
  /** What was off when the session day opened, flows apart. */
  private withoutFlowsAtOpen = 0;
  /** Flows in kind that were voided since then, and came before. */
  private takenFromOpen = 0;
  /** Flows that are booked with the next row, in base. */
  private readonly late: EffectRecord[] = [];
  /** Flows dated back to when their currency had no rate: they count from when they were booked. */
  private readonly unrated = new Set<string>();
  private readonly out: CurveRow;

  constructor({ account, market, calendar, dustMinor, corrections, from, emit }: WalkOptions) {
    this.market = new Market(market);
    this.shifts = new Shifts(this.market);
    this.account = new CorrectedAccount(account, market.baseCurrency, calendar, dustMinor);
    this.corrections = corrections;
    this.emit = emit;
    this.sequence = from?.corrected.sequence ?? 0;
    this.since = { sequence: this.sequence, time: from?.corrected.timestamp ?? -Infinity };
    this.recorded = from?.recorded ?? null;
    this.shiftThen = 0;
    this.out = { ...(from?.corrected ?? emptyCurveRow()) };
    if (from === null) return;
    this.account.resume(from.corrected);
    // Those that have taken effect are in it; what was booked since is off no more.
    for (const flow of corrections.backdated) {
      if (flow.effectiveAt > this.since.time) break;
      this.nextBackdated++;
      if (flow.sequence > this.since.sequence) this.shifts.beginBackdated(flow);
    }
  }

  /** What a symbol cost when the walk begins. */
  mark(price: PriceRecord): void {
    this.market.price(price);
  }

  /** A price of a period in which the account has no row, or of that of its next row. */
  price(price: PriceRecord): void {
    this.begin();
    if (this.moved !== null && this.moved.ts !== price.ts) this.endPeriod();
    this.advance(price.ts);
    this.roll(price.ts);
    this.market.price(price);
    this.moved = price;
  }

  /** By sequence; late bookings by time. Those of before the walk tell what is off when it begins. */
  effect(e: EffectRecord): void {
    const isNew = e.kind === 'booked' ? e.time > this.since.time : e.sequence > this.since.sequence;
    if (isNew) {
      this.begin();
      this.endPeriod();
      this.advance(e.time);
      this.roll(e.time);
    }
    this.openPositions = e.openPositions;
    if (e.kind === 'booked') this.takeLate(e, isNew);
    else if (e.kind === 'void') this.takeVoid(e);
    else this.takeEvent(e, isNew);
    this.sequence = Math.max(this.sequence, e.sequence);
  }

  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.remember(this.shift);
  }

  private takeLate(e: EffectRecord, isNew: boolean): void {
    const isFlow = e.flowBase !== 0 && !Number.isNaN(e.flowBase);
    if (isFlow && !this.shifts.bookedLate(e) && isNew) this.late.push(e);
  }

  private takeVoid(e: EffectRecord): void {
    this.shifts.position(e, true);
    const since = this.shifts.end(keyOf(e.area, e.of), e.symbol);
    // The ledger took its flow out of what the day had opened at; the position, which it never had, is off then anyway.
    if (e.area === 'settlements' && since < this.account.sessionStart && e.flowBase !== 0) {
      this.takenFromOpen += Number.isNaN(e.flowBase) ? 0 : e.flowBase;
    }
  }

  private takeEvent(e: EffectRecord, isNew: boolean): void {
    const key = keyOf(e.area, e.id);
    const isVoided = this.corrections.voided.has(key);
    if (isVoided) this.shifts.beginVoided(e);
    else if (isBackdated(e) && !this.unrated.has(key)) this.shifts.end(key, -1);
    else if (isNew && flowKinds.has(e.kind) && e.flowBase !== 0 && !Number.isNaN(e.flowBase)) {
      this.takeFlow(e);
      return;
    }
    this.shifts.position(e, isVoided);
  }

  private takeFlow(e: EffectRecord): void {
    const { shifts } = this;
    const before = e.equityBefore + this.shift;
    shifts.position(e, false);
    const after = e.kind === 'transfer' ? e.equityBefore + this.gainOf(e) + this.shift : before + e.flowBase;
    this.account.flow(before, e.flowBase, after, this.openPositions + shifts.opened, e.time);
  }

  /** What a transfer in kind changes in equity: the position at its mark, not at the price given, and its fee. */
  private gainOf(e: EffectRecord): number {
    const { market } = this;
    // Units began with it, as many as equity after it had minor units.
    if (!(e.navBefore > 0) && e.nav > 0) return e.units - e.equityBefore;
    const valueBefore = market.valueOf(e.symbol, e.quantityBefore, e.costBefore);
    const valueAfter = market.valueOf(e.symbol, e.quantityAfter, e.costAfter);
    return market.inBase(e.currency, valueAfter - valueBefore + e.cashEffect);
  }

  /** The next recorded row. */
  row(row: CurveRow): void {
    this.begin();
    this.moved = null;
    this.advance(row.timestamp);
    this.roll(row.timestamp);
    const { account, shifts } = this;
    const off = shifts.total();
    const shift = off.cash + off.position;
    account.rollOn(row.sessionDate, row.timestamp);
    if (this.recorded?.sessionDate !== row.sessionDate) this.openDay(row);
    const then = this.shiftThen;
    const isBlind = shifts.hasPositions || this.hadPositions;
    const { low, high, fallsAfterHigh } = extremesOf(row, this.recorded, isBlind);
    const equity = row.totalEquity + shift;
    this.bookLate(equity, row.timestamp);
    account.measure({
      ...momentOf(row, off),
      lowest: Math.min(equity, low + Math.max(shift, then)),
      highest: Math.max(equity, high + Math.min(shift, then)),
      fallsAfterHigh,
    });
    this.sequence = row.sequence;
    this.recorded = { ...row };
    this.remember(shift);
    this.emit(account.fill(row.state, row.timestamp, row.tick, row.sequence, this.out));
  }

  /** After the last row. null: there was none. */
  end(): WalkEnd | null {
    const { recorded } = this;
    return recorded === null ? null : { row: { ...this.out }, unitsRecorded: recorded.units };
  }

  private get shift(): number {
    const { cash, position } = this.shifts.total();
    return cash + position;
  }

  private remember(shift: number): void {
    this.shiftThen = shift;
    this.hadPositions = this.shifts.hasPositions;
  }

  /** Before what happens at `time`: a session day that ended by then is closed. */
  private roll(time: number): void {
    if (!this.account.isOver(time)) return;
    this.withoutFlowsAtOpen = this.shifts.withoutFlows;
    this.takenFromOpen = 0;
    this.account.rollTo(time);
  }

  /**
   * The day opened at what the ledger says, shifted: by what was off then, and by flows that were there when it opened.
   * A flow that was dated back before it since then is in what the ledger says, and off no more.
   */
  private openDay(row: CurveRow): void {
    const flows = this.shifts.flowsBefore(this.account.sessionStart);
    this.account.setDayOpen(row.dayOpenEquity - this.takenFromOpen + this.withoutFlowsAtOpen + flows);
  }

  /** Flows dated back take effect, up to a time; each is a row of its own unless a recorded one has its time. */
  private advance(time: number): void {
    const { backdated } = this.corrections;
    for (;;) {
      const flow = backdated[this.nextBackdated];
      if (flow === undefined || flow.effectiveAt > time) return;
      this.endPeriod();
      this.nextBackdated++;
      const { account, shifts } = this;
      if (!this.market.hasRate(flow.currency)) {
        this.unrated.add(keyOf(flow.area, flow.id));
        continue;
      }
      this.roll(flow.effectiveAt);
      const amount = this.market.inBase(flow.currency, flow.cashEffect);
      const before = account.equity;
      const open = this.openPositions + shifts.opened;
      const booked = Number.isNaN(flow.flowBase) ? 0 : flow.flowBase;
      account.flow(before, amount, before + amount, open, flow.effectiveAt, booked);
      shifts.beginBackdated(flow);
      if (flow.effectiveAt < time) this.showFlow(flow.effectiveAt);
    }
  }

  /** Just after a flow dated back, where nothing else is known of the account since its last row. */
  private showFlow(ts: number): void {
    this.account.measureNow(ts);
    this.remember(this.shift);
    const { tick, state } = this.recorded ?? emptyCurveRow();
    this.emit(this.account.fill(state, ts, tick, this.sequence, this.out));
  }

  /**
   * The next row is of a later period than the prices so far. Where one of them moved what is off and no row was
   * recorded, one is as the last, but for that: the account as recorded had nothing in that currency.
   */
  endPeriod(): void {
    const { moved, account } = this;
    this.moved = null;
    if (moved === null || this.shift === this.shiftThen) return;
    // Before its first row there may be a flow that was dated back.
    const recorded = this.recorded ?? emptyCurveRow();
    const off = this.shifts.total();
    const shift = off.cash + off.position;
    const equity = recorded.totalEquity + shift;
    const extremes = { lowest: equity, highest: equity, fallsAfterHigh: false };
    account.measure({ ...momentOf(recorded, off), ...extremes, ts: moved.ts });
    this.remember(shift);
    this.emit(account.fill(recorded.state, moved.ts, moved.tick, this.sequence, this.out));
  }

  /** Equity has what waited for a rate; before these flows it had not. */
  private bookLate(equity: number, time: number): void {
    const flows = this.late.splice(0);
    let before = equity - flows.reduce((sum, { flowBase }) => sum + flowBase, 0);
    for (const { flowBase } of flows) {
      this.account.flowAtTick(before, flowBase, this.openPositions + this.shifts.opened, time);
      before += flowBase;
    }
  }
}

/** A row with what it is off by. */
function momentOf(
  row: CurveRow,
  off: Readonly<Shift>,
): Omit<Parameters<CorrectedAccount['measure']>[0], 'lowest' | 'highest' | 'fallsAfterHigh'> {
  return {
    ts: row.timestamp,
    cash: row.cashBalance + off.cash,
    position: row.positionValue + off.position,
    unrealized: row.unrealizedPnl + off.unrealized,
    realized: row.realizedPnl + off.realized,
    fees: row.fees + off.fees,
    income: row.income + off.income,
    netFlow: row.netFlow + off.netFlow,
  };
}

/**
 * The lowest and highest equity within a row's period, as recorded: nav has as many units at its extremes as at the end.
 * Without a nav above 0 they are not known, and while a fill counted that was voided they say nothing of what is left. A row's worst drawdown that is deeper than its low below the peak before it
 * can only have come after its high. A flow in the period leaves fractions of a minor unit: towards the end of the period,
 * so that none is invented.
 */
function extremesOf(
  row: CurveRow,
  before: CurveRow | null,
  isBlind: boolean,
): { low: number; high: number; fallsAfterHigh: boolean } {
  const { totalEquity: equity, nav, navLow, navHigh } = row;
  if (!(nav > 0) || row.wipedOut || isBlind) return { low: equity, high: equity, fallsAfterHigh: false };
  const isNewEpoch = before === null || before.epoch !== row.epoch || Number.isNaN(before.nav);
  // The high of a flow's own moment, where an epoch began with it: no tick has seen it.
  const isOpening = isNewEpoch && navHigh === 1 && nav < 1;
  const peak = isNewEpoch ? 1 : before.peakNav;
  return {
    low: navLow < nav ? Math.ceil((equity * navLow) / nav - tolerance) : equity,
    high: navHigh > nav && !isOpening ? Math.floor((equity * navHigh) / nav + tolerance) : equity,
    fallsAfterHigh: navHigh > nav && row.worstDrawdown < navLow / peak - 1 - 1e-12,
  };
}
