/**
 * What the oracle knows of instruments and prices. Every tick adds a board: all marks as they stood from then on.
 * Boards are kept, so that what was booked at a moment can be computed again at any later one.
 */
import type { Fraction } from './exact.ts';
import { atScale, decimalOf, inverse, nearestEven, one, tenTo, times } from './exact.ts';

export interface OracleInstrument {
  readonly currency: string;
  readonly price_scale: number;
  readonly quantity_scale: number;
  readonly multiplier: number | string;
  readonly style: 'spot' | 'margined';
}

/** Integers at the symbol's price scale. */
export interface Mark {
  readonly mid: bigint;
  readonly bid: bigint;
  readonly ask: bigint;
  readonly ts: number;
}

export interface PriceMessage {
  readonly price?: unknown;
  readonly bid?: unknown;
  readonly ask?: unknown;
  readonly ts?: number;
}

export type Board = ReadonlyMap<string, Mark>;
export type MarkMode = 'mid' | 'last' | 'exit';
export type OfferMode = 'unpriced' | 'always' | 'never';

const withoutCents = ['JPY', 'KRW', 'VND', 'ISK', 'CLP'];
const withMills = ['KWD', 'BHD', 'TND', 'OMR', 'JOD', 'IQD', 'LYD'];
const pairCurrencies =
  /^(USD|EUR|GBP|JPY|CHF|AUD|NZD|CAD|SEK|NOK|KRW|KWD|BHD|MXN|CNH|CNY|HKD|SGD|ZAR|TRY|PLN|DKK|CZK|HUF|ILS|INR|BRL|THB){2}$/;

/** Decimals of the minor unit. */
export function minorDigits(currency: string): number {
  if (withoutCents.includes(currency)) return 0;
  if (withMills.includes(currency)) return 3;
  if (currency === 'BTC' || currency === 'ETH') return 8;
  return currency === 'USDT' || currency === 'USDC' ? 6 : 2;
}

export class Market {
  /** The last one is now. */
  readonly boards: Board[] = [new Map()];
  private readonly coming = new Map<string, Mark>();
  private readonly described = new Map<string, Partial<OracleInstrument>>();
  /** Read once: what is described, what a unit of its quantity and price is worth, the rates of one board. */
  private readonly instruments = new Map<string, OracleInstrument>();
  private readonly worths = new Map<string, Fraction>();
  private rates = { at: NaN, known: new Map<string, Fraction | null>() };
  private readonly pivot: string;
  private readonly mode: MarkMode;
  private readonly offers: OfferMode;

  constructor(pivot: string, mode: MarkMode, offers: OfferMode) {
    this.pivot = pivot;
    this.mode = mode;
    this.offers = offers;
  }

  get now(): number {
    return this.boards.length - 1;
  }

  describe(symbol: string, fields: Partial<OracleInstrument>): void {
    this.described.set(symbol, { ...this.described.get(symbol), ...fields });
    this.instruments.delete(symbol);
    this.worths.delete(symbol);
    this.rates.at = NaN;
  }

  instrument(symbol: string): OracleInstrument {
    const known = this.instruments.get(symbol);
    if (known !== undefined) return known;
    const pairScale = symbol.includes('JPY') ? 3 : 5;
    const price_scale = pairCurrencies.test(symbol) ? pairScale : 4;
    const usual = { currency: 'USD', price_scale, quantity_scale: 4, multiplier: 1, style: 'spot' } as const;
    const instrument = { ...usual, ...this.described.get(symbol) };
    this.instruments.set(symbol, instrument);
    return instrument;
  }

  /** From the next tick on. False where the message is no price, or older than the one before. */
  offer(symbol: string, message: PriceMessage): boolean {
    const { price_scale } = this.instrument(symbol);
    const read = (x: unknown): bigint | null => {
      const value = decimalOf(x, 99);
      return value && atScale(value, price_scale);
    };
    const ts = message.ts ?? 0;
    if (message.price !== undefined) {
      const price = read(message.price);
      return price !== null && this.replace(symbol, { mid: price, bid: price, ask: price, ts });
    }
    if (this.mode === 'last') return false;
    const bid = read(message.bid);
    const ask = read(message.ask);
    if (bid === null || ask === null) return false;
    return this.replace(symbol, { mid: nearestEven({ n: bid + ask, d: 2n }), bid, ask, ts });
  }

  /** A settlement's price stands in for a market price that never came. */
  offerSettled(symbol: string, price: bigint, ts: number | undefined): void {
    const asMark = (at: number): Mark => ({ mid: price, bid: price, ask: price, ts: at });
    if (this.offers === 'always') this.replace(symbol, asMark(ts ?? 0));
    const known = this.coming.has(symbol) || this.board(this.now).has(symbol);
    if (this.offers === 'unpriced' && !known) this.replace(symbol, asMark(-Infinity));
  }

  private replace(symbol: string, mark: Mark): boolean {
    const before = this.coming.get(symbol) ?? this.board(this.now).get(symbol);
    if (before && mark.ts < before.ts) return false;
    this.coming.set(symbol, mark);
    return true;
  }

  /** A tick: what came counts from now on. */
  turn(): void {
    this.boards.push(new Map([...this.board(this.now), ...this.coming]));
    this.coming.clear();
  }

  board(at: number): Board {
    return this.boards[at] ?? new Map();
  }

  /** The price at which a signed quantity is valued; null where the symbol has none. */
  mark(at: number, symbol: string, quantity: bigint): bigint | null {
    const mark = this.board(at).get(symbol);
    if (!mark) return null;
    if (this.mode !== 'exit') return mark.mid;
    return quantity >= 0n ? mark.bid : mark.ask;
  }

  /** Minor units of the instrument's currency; quantity and price are integers at its scales. */
  value(symbol: string, quantity: bigint, price: bigint): bigint {
    return nearestEven(times({ n: quantity * price, d: 1n }, this.worth(symbol)));
  }

  private worth(symbol: string): Fraction {
    const known = this.worths.get(symbol);
    if (known !== undefined) return known;
    const { currency, price_scale, quantity_scale, multiplier } = this.instrument(symbol);
    const minor = { n: tenTo(minorDigits(currency)), d: tenTo(price_scale + quantity_scale) };
    const worth = times(decimalOf(multiplier, 99) ?? one, minor);
    this.worths.set(symbol, worth);
    return worth;
  }

  /** `amount` minor units of `from` in minor units of `to`; null where there is no rate. */
  convert(at: number, amount: bigint, from: string, to: string): bigint | null {
    if (from === to) return amount;
    const rate = this.rate(at, from, to);
    return rate && nearestEven(times({ n: amount, d: 1n }, rate));
  }

  isRated(at: number, from: string, to: string): boolean {
    return from === to || this.rate(at, from, to) !== null;
  }

  /** Minor units of `to` for one of `from`. */
  private rate(at: number, from: string, to: string): Fraction | null {
    if (this.rates.at !== at) this.rates = { at, known: new Map() };
    const { known } = this.rates;
    const pair = `${from} ${to}`;
    let rate = known.get(pair);
    if (rate === undefined) {
      const units = { n: tenTo(minorDigits(to)), d: tenTo(minorDigits(from)) };
      const whole = this.wholeRate(at, from, to);
      rate = whole && times(whole, units);
      known.set(pair, rate);
    }
    return rate;
  }

  /** Units of `to` for a unit of `from`: the pair, its inverse, one hop over the pivot. */
  private wholeRate(at: number, from: string, to: string): Fraction | null {
    const straight = this.quoted(at, from, to);
    if (straight || from === this.pivot || to === this.pivot) return straight;
    const first = this.quoted(at, from, this.pivot);
    const second = this.quoted(at, this.pivot, to);
    return first && second && times(first, second);
  }

  private quoted(at: number, from: string, to: string): Fraction | null {
    const read = (pair: string): Fraction | null => {
      const mid = this.board(at).get(pair)?.mid ?? 0n;
      return mid > 0n ? { n: mid, d: tenTo(this.instrument(pair).price_scale) } : null;
    };
    const direct = read(from + to);
    if (direct) return direct;
    const backward = read(to + from);
    return backward && inverse(backward);
  }
}
