/**
 * Exchange rates between the currencies in play, from the marks of currency pairs: `EURUSD` is USD per EUR; else its
 * inverse; else one hop over the pivot currency. A pair of currencies has an index; its rate turns minor units of one
 * into minor units of the other, rounded half to even, exactly.
 */
import type { InstrumentTable } from '../domain/instrument.ts';
import { isSafe, powerOfTen, roundHalfEven, safeNumber } from '../domain/rounding.ts';
import type { Marks } from './marks.ts';

interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

/** The factor and the product are each off by a few 2^-53; this is above all of them together. */
const relativeError = 1e-15;

export class Rates {
  /** By the currency to, then by the one from: a pair is asked for several times an event, and makes no text for it. */
  private readonly indexes = new Map<string, Map<string, number>>();
  private readonly from: string[] = [];
  private readonly to: string[] = [];
  private readonly fractions: (Fraction | null)[] = [];
  /** The rate as a double, NaN where there is none; 1 for a currency into itself. */
  private readonly factors: number[] = [];
  private readonly rateSymbols = new Set<number>();
  private readonly instruments: InstrumentTable;
  private readonly marks: Marks;
  private readonly pivot: string;

  constructor(instruments: InstrumentTable, marks: Marks, pivot: string) {
    this.instruments = instruments;
    this.marks = marks;
    this.pivot = pivot;
  }

  /** The index of a pair of currencies, given at its first mention. */
  pair(from: string, to: string): number {
    let indexes = this.indexes.get(to);
    if (indexes === undefined) this.indexes.set(to, (indexes = new Map<string, number>()));
    let index = indexes.get(from);
    if (index === undefined) {
      index = this.from.length;
      indexes.set(from, index);
      this.from.push(from);
      this.to.push(to);
      this.fractions.push(null);
      this.factors.push(NaN);
      this.watch(from, to);
      this.update(index);
    }
    return index;
  }

  /** Pairs are numbered from 0. */
  get count(): number {
    return this.from.length;
  }

  isIdentity(pair: number): boolean {
    return this.from[pair] === this.to[pair];
  }

  hasRate(pair: number): boolean {
    return this.fractions[pair] !== null && this.fractions[pair] !== undefined;
  }

  /** Whether some pair in play has no rate. */
  get hasUnrated(): boolean {
    return this.fractions.includes(null);
  }

  /** Informative only: money is converted by `convert`. */
  factor(pair: number): number {
    return this.factors[pair] ?? NaN;
  }

  currency(pair: number): string {
    return this.from[pair] ?? '';
  }

  /** Whether a mark of this symbol may move a rate. */
  isRateSymbol(symbol: number): boolean {
    return this.rateSymbols.has(symbol);
  }

  /** Reads the marks again; returns the pairs of which the rate changed. */
  refresh(): number[] {
    const changed: number[] = [];
    for (let pair = 0; pair < this.from.length; pair++) if (this.update(pair)) changed.push(pair);
    return changed;
  }

  /** Minor units of `from` in minor units of `to`; NaN where there is no rate or the result is no safe integer. */
  convert(pair: number, amount: number): number {
    const factor = this.factors[pair] ?? NaN;
    if (factor === 1 && this.isIdentity(pair)) return amount;
    if (!isSafe(amount)) return NaN;
    const near = amount * factor;
    const floor = Math.floor(near);
    const overTie = near - floor - 0.5;
    if (Math.abs(overTie) > Math.abs(near) * relativeError) return overTie > 0 ? floor + 1 : floor + 0;
    const rate = this.fractions[pair];
    return rate ? safeNumber(roundHalfEven(BigInt(amount) * rate.n, rate.d)) : NaN;
  }

  private watch(from: string, to: string): void {
    if (from === to) return;
    const { symbols } = this.instruments;
    for (const [a, b] of [
      [from, to],
      [from, this.pivot],
      [this.pivot, to],
    ] as const) {
      if (a === b) continue;
      this.rateSymbols.add(symbols.intern(a + b));
      this.rateSymbols.add(symbols.intern(b + a));
    }
  }

  /** Whether the pair's rate changed. */
  private update(pair: number): boolean {
    const now = this.rate(this.from[pair] ?? '', this.to[pair] ?? '', true);
    const old = this.fractions[pair] ?? null;
    if (now === null ? old === null : old !== null && now.n * old.d === old.n * now.d) return false;
    this.fractions[pair] = now;
    this.factors[pair] = now === null ? NaN : Number(now.n) / Number(now.d);
    return true;
  }

  private rate(from: string, to: string, mayHop: boolean): Fraction | null {
    if (from === to) return { n: 1n, d: 1n };
    const up = powerOfTen(this.instruments.exponent(to));
    const down = powerOfTen(this.instruments.exponent(from));
    const direct = this.price(from + to);
    if (direct) return { n: direct.n * up, d: direct.d * down };
    const inverse = this.price(to + from);
    if (inverse) return { n: inverse.d * up, d: inverse.n * down };
    if (!mayHop || from === this.pivot || to === this.pivot) return null;
    const first = this.rate(from, this.pivot, false);
    const second = this.rate(this.pivot, to, false);
    return first && second ? { n: first.n * second.n, d: first.d * second.d } : null;
  }

  /** A pair's mid as a fraction; a price that is not positive is no rate. */
  private price(name: string): Fraction | null {
    const symbol = this.instruments.symbols.find(name);
    if (symbol < 0 || !this.marks.has(symbol)) return null;
    const mid = this.marks.mid[symbol] ?? 0;
    return mid > 0 ? { n: BigInt(mid), d: powerOfTen(this.instruments.get(symbol).priceScale) } : null;
  }
}
