/**
 * Accounts: one row each, its totals and its performance as columns. Money in minor units of the account's base
 * currency. Who changes what: applying events (apply-*.ts), marking (marking.ts), performance.ts, session.ts.
 */
import { grown, nextCapacity } from './grow.ts';

export class Accounts {
  count = 0;
  /** The last tick at which an account was closed. */
  lastTick = 0;
  readonly ids: string[] = [];
  readonly names: string[] = [];
  /** account_type, benchmark, ...: what `open` and `configure` said and the ledger has no use for. */
  readonly settings: (Readonly<Record<string, unknown>> | undefined)[] = [];
  readonly baseCurrency: string[] = [];
  private readonly rows = new Map<string, number>();

  /** Index into the book's session calendars. */
  calendar = new Int32Array(0);
  /** Head of the chain of holdings and of pockets, -1 for none. */
  firstHolding = new Int32Array(0);
  firstPocket = new Int32Array(0);
  openPositions = new Int32Array(0);
  epoch = new Int32Array(0);
  /** Index into `lifecycleStates`. */
  lifecycle = new Uint8Array(0);
  wipedOut = new Uint8Array(0);
  /** 0 clean, 1 perhaps changed (a rate moved), 2 changed since the last tick. */
  dirty = new Uint8Array(0);

  /** LEDGER sequence last seen. */
  sequence = new Float64Array(0);
  /** LEDGER sequence of the last rebase applied, 0 for none. */
  rebase = new Float64Array(0);
  cashBalance = new Float64Array(0);
  /** Market value of local spot positions plus unrealized of local margined ones. */
  localValue = new Float64Array(0);
  /** Cost of local spot positions: unrealized = localValue - spotCost + foreignUnrealized. */
  spotCost = new Float64Array(0);
  foreignValue = new Float64Array(0);
  foreignUnrealized = new Float64Array(0);
  realized = new Float64Array(0);
  fees = new Float64Array(0);
  income = new Float64Array(0);
  netFlow = new Float64Array(0);

  /** NaN before the first flow. */
  units = new Float64Array(0);
  nav = new Float64Array(0);
  peakNav = new Float64Array(0);
  drawdown = new Float64Array(0);
  maxDrawdown = new Float64Array(0);
  maxDrawdownLife = new Float64Array(0);
  /** Tick time of the last peak. */
  peakTime = new Float64Array(0);
  /** Peak of total equity - net flow. */
  peakProfit = new Float64Array(0);

  /** End of the current session, milliseconds; NaN until a tick gives a time. */
  sessionEnd = new Float64Array(0);
  dayOpenEquity = new Float64Array(0);
  dayOpenNav = new Float64Array(0);
  dayNetFlow = new Float64Array(0);

  /** As they stood at the last tick. */
  tickEquity = new Float64Array(0);
  tickCash = new Float64Array(0);
  tickUnrealized = new Float64Array(0);
  tickNetFlow = new Float64Array(0);
  tickNav = new Float64Array(0);

  /** The row of the account, or -1. */
  find(id: string): number {
    return this.rows.get(id) ?? -1;
  }

  open(id: string, baseCurrency: string): number {
    const row = this.count++;
    if (row >= this.sequence.length) this.grow(this.count);
    this.ids[row] = id;
    this.names[row] = '';
    this.baseCurrency[row] = baseCurrency;
    this.rows.set(id, row);
    this.firstHolding[row] = -1;
    this.firstPocket[row] = -1;
    this.epoch[row] = 1;
    for (const column of [this.units, this.nav, this.peakNav, this.sessionEnd, this.tickNav, this.peakTime]) {
      column[row] = NaN;
    }
    this.dayOpenNav[row] = 1;
    return row;
  }

  /** Takes back the account opened last, of which nothing was kept: a refused first message opens no account. */
  discardLast(): void {
    const row = --this.count;
    this.rows.delete(this.ids[row] ?? '');
    this.ids.length = this.names.length = this.baseCurrency.length = row;
    this.settings.length = Math.min(this.settings.length, row);
    this.sequence[row] = this.rebase[row] = 0;
    this.dirty[row] = 0;
    this.calendar[row] = 0;
    this.lifecycle[row] = 0;
  }

  equity(row: number): number {
    return (this.cashBalance[row] ?? 0) + this.positionValue(row);
  }

  positionValue(row: number): number {
    return (this.localValue[row] ?? 0) + (this.foreignValue[row] ?? 0);
  }

  unrealized(row: number): number {
    return (this.localValue[row] ?? 0) - (this.spotCost[row] ?? 0) + (this.foreignUnrealized[row] ?? 0);
  }

  private grow(needed: number): void {
    const capacity = nextCapacity(this.sequence.length, needed);
    this.calendar = grown(this.calendar, capacity);
    this.firstHolding = grown(this.firstHolding, capacity);
    this.firstPocket = grown(this.firstPocket, capacity);
    this.openPositions = grown(this.openPositions, capacity);
    this.epoch = grown(this.epoch, capacity);
    this.lifecycle = grown(this.lifecycle, capacity);
    this.wipedOut = grown(this.wipedOut, capacity);
    this.dirty = grown(this.dirty, capacity);
    this.sequence = grown(this.sequence, capacity);
    this.rebase = grown(this.rebase, capacity);
    this.cashBalance = grown(this.cashBalance, capacity);
    this.localValue = grown(this.localValue, capacity);
    this.spotCost = grown(this.spotCost, capacity);
    this.foreignValue = grown(this.foreignValue, capacity);
    this.foreignUnrealized = grown(this.foreignUnrealized, capacity);
    this.realized = grown(this.realized, capacity);
    this.fees = grown(this.fees, capacity);
    this.income = grown(this.income, capacity);
    this.netFlow = grown(this.netFlow, capacity);
    this.units = grown(this.units, capacity);
    this.nav = grown(this.nav, capacity);
    this.peakNav = grown(this.peakNav, capacity);
    this.drawdown = grown(this.drawdown, capacity);
    this.maxDrawdown = grown(this.maxDrawdown, capacity);
    this.maxDrawdownLife = grown(this.maxDrawdownLife, capacity);
    this.peakTime = grown(this.peakTime, capacity);
    this.peakProfit = grown(this.peakProfit, capacity);
    this.sessionEnd = grown(this.sessionEnd, capacity);
    this.dayOpenEquity = grown(this.dayOpenEquity, capacity);
    this.dayOpenNav = grown(this.dayOpenNav, capacity);
    this.dayNetFlow = grown(this.dayNetFlow, capacity);
    this.tickEquity = grown(this.tickEquity, capacity);
    this.tickCash = grown(this.tickCash, capacity);
    this.tickUnrealized = grown(this.tickUnrealized, capacity);
    this.tickNetFlow = grown(this.tickNetFlow, capacity);
    this.tickNav = grown(this.tickNav, capacity);
  }
}
