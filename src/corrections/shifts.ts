/**
 * What an account's recorded figures are off by, as of now on a walk: of every event that was voided, from when it
 * counted until its void; of every flow dated back, from when it took effect until it was booked.
 *
 * Exact in the base currency, and of positions in any. Cash in another currency is converted by itself, where the ledger
 * converts the whole balance: that may differ by one minor unit a currency.
 */
import type { Market } from './market.ts';
import { isBackdated, keyOf } from './records.ts';
import type { EffectRecord } from './records.ts';
import { VoidedPosition } from './voided-position.ts';

/** To be added to a recorded row; base currency, minor units. */
export interface Shift {
  cash: number;
  position: number;
  unrealized: number;
  realized: number;
  fees: number;
  income: number;
  netFlow: number;
}

interface Leg {
  readonly currency: string;
  readonly amount: number;
}

/** A correction that makes a difference now. */
interface Active {
  readonly legs: readonly Leg[];
  readonly fees: number;
  readonly income: number;
  netFlow: number;
  /** When it began, milliseconds. */
  readonly since: number;
  /** When the flow counts from, of which only the time is another; NaN for what is no flow of cash. */
  readonly flowSince: number;
  /** Signed, in the currency of its leg: a flow that waits for a rate is booked later. */
  waits: number;
}

const none: Readonly<Shift> = {
  cash: 0,
  position: 0,
  unrealized: 0,
  realized: 0,
  fees: 0,
  income: 0,
  netFlow: 0,
};

export class Shifts {
  private readonly market: Market;
  private readonly active = new Map<string, Active>();
  private readonly positions = new Map<number, VoidedPosition>();

  constructor(market: Market) {
    this.market = market;
  }

  /** Whether anything is off now. */
  get isNone(): boolean {
    return this.active.size === 0;
  }

  /** Whether fills count that were voided later. */
  get hasPositions(): boolean {
    for (const { active } of this.positions.values()) if (active > 0) return true;
    return false;
  }

  /** A flow takes effect that is booked later. */
  beginBackdated(e: EffectRecord): void {
    this.active.set(keyOf(e.area, e.id), {
      legs: [{ currency: e.currency, amount: e.cashEffect }],
      fees: 0,
      income: 0,
      netFlow: known(e.flowBase),
      since: e.effectiveAt,
      flowSince: e.effectiveAt,
      waits: NaN,
    });
  }

  /** An event counts that is voided later. */
  beginVoided(e: EffectRecord): void {
    const isFlow = e.kind === 'deposit' || e.kind === 'withdrawal';
    this.active.set(keyOf(e.area, e.id), {
      legs: this.legsOf(e),
      fees: 0 - known(e.feesBase),
      income: 0 - known(e.incomeBase),
      netFlow: 0 - known(e.flowBase),
      since: e.time,
      flowSince: isFlow ? (isBackdated(e) ? e.effectiveAt : e.time) : NaN,
      waits: isFlow && Number.isNaN(e.flowBase) ? e.cashEffect : NaN,
    });
    if (e.symbol < 0 || e.area !== 'settlements') return;
    const position = this.positions.get(e.symbol) ?? new VoidedPosition(e);
    this.positions.set(e.symbol, position);
    position.active++;
  }

  /** What began under that key makes no difference any more. When it had begun; NaN where it had not. */
  end(key: string, symbol: number): number {
    const since = this.active.get(key)?.since ?? NaN;
    const position = this.active.delete(key) ? this.positions.get(symbol) : undefined;
    if (position !== undefined) position.active--;
    return since;
  }

  /** A fill, a transfer or a void of a position that has voided fills. */
  position(e: EffectRecord, isVoided: boolean): void {
    this.positions.get(e.symbol)?.take(e, isVoided, this.market);
  }

  /** A flow was booked late. Whether it is one that is voided later. */
  bookedLate(e: EffectRecord): boolean {
    for (const each of this.active.values()) {
      if (each.waits !== e.amount || each.legs[0]?.currency !== e.currency) continue;
      each.waits = NaN;
      each.netFlow = 0 - known(e.flowBase);
      return true;
    }
    return false;
  }

  total(): Readonly<Shift> {
    if (this.isNone) return none;
    const sum = { ...none };
    const cash = new Map<string, number>();
    for (const each of this.active.values()) {
      sum.fees += each.fees;
      sum.income += each.income;
      sum.netFlow += each.netFlow;
      for (const { currency, amount } of each.legs) cash.set(currency, (cash.get(currency) ?? 0) + amount);
    }
    for (const position of this.positions.values()) {
      if (position.active === 0) continue;
      const { currency, margined } = this.market.instruments.get(position.symbol);
      const { value, unrealized, realizedBase, realized } = position.shift(this.market);
      sum.position += value;
      sum.unrealized += unrealized;
      sum.realized += realizedBase;
      // A margined fill pays what it realizes.
      if (margined) cash.set(currency, (cash.get(currency) ?? 0) + realized);
    }
    for (const [currency, amount] of cash) sum.cash += this.market.inBase(currency, amount);
    return sum;
  }

  /** Of the total, in cash, what flows that count from before `time` make. */
  flowsBefore(time: number): number {
    let sum = 0;
    for (const { flowSince, legs } of this.active.values()) {
      if (flowSince < time) sum += this.cashOf(legs);
    }
    return sum;
  }

  /** Of the total what is no flow. */
  get withoutFlows(): number {
    const { cash, position } = this.total();
    return cash + position - this.flowsBefore(Infinity);
  }

  /** How many positions more are open. */
  get opened(): number {
    let sum = 0;
    for (const position of this.positions.values()) if (position.active > 0) sum += position.opened;
    return sum;
  }

  /** What the event moved in cash, taken back. */
  private legsOf(e: EffectRecord): Leg[] {
    if (e.kind === 'conversion') {
      return [
        { currency: e.currency, amount: 0 - e.cashEffect },
        { currency: e.toCurrency, amount: 0 - e.toAmount },
      ];
    }
    if (e.area === 'cash') return [{ currency: e.currency, amount: 0 - e.cashEffect }];
    const hasOwnFee = e.feeCurrency === e.currency;
    const { margined } = this.market.instruments.get(e.symbol);
    // What a margined fill realized is the position's to say.
    const own = margined ? (hasOwnFee ? e.fee : 0) : 0 - e.cashEffect;
    const legs = [{ currency: e.currency, amount: own }];
    return hasOwnFee || e.fee === 0 ? legs : [...legs, { currency: e.feeCurrency, amount: e.fee }];
  }

  private cashOf(legs: readonly Leg[]): number {
    return legs.reduce((sum, { currency, amount }) => sum + this.market.inBase(currency, amount), 0);
  }
}

/** What was not booked in base is in no figure. */
function known(base: number): number {
  return Number.isNaN(base) ? 0 : base;
}
