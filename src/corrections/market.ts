/**
 * Marks and rates along a walk: of the symbols that corrections concern, and of the currencies they are in. The ledger's
 * own marks and rates; what has no rate is outside equity, as there.
 */
import type { InstrumentTable } from '../domain/instrument.ts';
import { Marks } from '../ledger/marks.ts';
import { valueOf } from '../ledger/position.ts';
import { Rates } from '../ledger/rates.ts';
import type { PriceRecord } from './records.ts';

export interface MarketOptions {
  readonly baseCurrency: string;
  readonly instruments: InstrumentTable;
  /** The currency over which rates hop. */
  readonly pivot: string;
  /** `prices.mark: exit`: long at the bid, short at the ask. */
  readonly marksAtExit: boolean;
}

export class Market {
  readonly instruments: InstrumentTable;
  private readonly marks = new Marks();
  private readonly rates: Rates;
  private readonly baseCurrency: string;
  private readonly marksAtExit: boolean;

  constructor({ baseCurrency, instruments, pivot, marksAtExit }: MarketOptions) {
    this.instruments = instruments;
    this.rates = new Rates(instruments, this.marks, pivot);
    this.baseCurrency = baseCurrency;
    this.marksAtExit = marksAtExit;
  }

  price({ symbol, mid, bid, ask, ts }: PriceRecord): void {
    this.marks.set(symbol, mid, bid, ask, ts);
    if (this.rates.isRateSymbol(symbol)) this.rates.refresh();
  }

  /** In the instrument's currency, as the ledger values it: without a price at cost. */
  valueOf(symbol: number, quantity: number, cost: number): number {
    if (!this.marks.has(symbol)) return cost;
    const { mid, bid, ask } = this.marks;
    const price = this.marksAtExit ? (quantity >= 0 ? bid : ask) : mid;
    return valueOf(quantity, price[symbol] ?? 0, this.instruments.get(symbol));
  }

  hasRate(currency: string): boolean {
    return currency === this.baseCurrency || this.rates.hasRate(this.rates.pair(currency, this.baseCurrency));
  }

  /** In the account's base currency; 0 where there is no rate. */
  inBase(currency: string, amount: number): number {
    if (amount === 0 || currency === this.baseCurrency) return amount;
    const pair = this.rates.pair(currency, this.baseCurrency);
    return this.rates.hasRate(pair) ? this.rates.convert(pair, amount) : 0;
  }
}
