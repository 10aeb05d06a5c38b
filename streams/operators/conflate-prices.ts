/**
 * Prices conflated until the tick: of each symbol the last one counts. Owns the columns of what was last accepted and
 * what is pending; O(1) a price, nothing allocated. Knows nothing of holdings, NATS or JSON.
 */
import { emptyPriceChanges, type PriceChanges } from '../../src/domain/price-change.ts';
import { isSafe, mulDivHalfEven, powerOfTen, roundHalfEven } from '../../src/domain/rounding.ts';
import type { Clock, PriceIntake } from '../../src/ports.ts';
import { PriceGuard, type HeldPrice } from './price-guard.ts';

export interface ConflaterOptions {
  /** mid, last (quotes are ignored) or exit (sides are kept; the book picks one by the sign of a holding). */
  readonly mark: 'mid' | 'last' | 'exit';
  /** When the price of a settlement is offered: while its symbol has none, always, never. */
  readonly fromSettlements: 'unpriced' | 'always' | 'never';
  readonly maxFutureMs: number;
  /** Percent that a mid may move from one tick to another before it is held back; 0 is off. */
  readonly maxMovePercent: number;
  /** Ticks that must agree before a held price is taken. */
  readonly confirmTicks: number;
}

export interface PriceCounts {
  received: number;
  /** Older than the symbol's current one, or a quote where only plain prices mark. */
  ignored: number;
  /** Came with more digits than the symbol's scale. */
  rounded: number;
  /** Ahead of the clock by more than is allowed, taken as of now. */
  future: number;
  /** Held back by the guard, ticks counted. */
  held: number;
}

const initialCapacity = 1024;

export class PriceConflater implements PriceIntake {
  readonly counts: PriceCounts = { received: 0, ignored: 0, rounded: 0, future: 0, held: 0 };
  private readonly options: ConflaterOptions;
  private readonly clock: Clock;
  private readonly guard: PriceGuard | null;
  /** By symbol: time of the last accepted price; NaN while there is none. */
  private times = new Float64Array(initialCapacity).fill(NaN);
  /** By symbol; NaN where a quote's is yet to be computed, at the tick. */
  private mids = new Float64Array(initialCapacity);
  private bids = new Float64Array(initialCapacity);
  private asks = new Float64Array(initialCapacity);
  /** By symbol: 1 while it stands in `dirty`. */
  private isDirty = new Uint8Array(initialCapacity);
  private dirty = new Int32Array(initialCapacity);
  private dirtyCount = 0;
  /** What was given last stays whole while the other one is filled. */
  private given = emptyPriceChanges(initialCapacity);
  private spare = emptyPriceChanges(initialCapacity);
  /** Times up to here are believed without asking the clock. */
  private horizon = -Infinity;

  constructor(options: ConflaterOptions, clock: Clock, onHeld: HeldPrice = () => undefined) {
    this.options = options;
    this.clock = clock;
    this.guard =
      options.maxMovePercent > 0
        ? new PriceGuard(options.maxMovePercent, options.confirmTicks, onHeld)
        : null;
  }

  offer(symbol: number, price: number, time: number): boolean {
    this.counts.received++;
    return this.accept(symbol, price, price, price, time <= this.horizon ? time : this.believed(time));
  }

  offerQuote(symbol: number, bid: number, ask: number, time: number): boolean {
    this.counts.received++;
    if (this.options.mark === 'last') {
      this.counts.ignored++;
      return false;
    }
    return this.accept(symbol, NaN, bid, ask, time <= this.horizon ? time : this.believed(time));
  }

  rounded(count: number): void {
    this.counts.rounded += count;
  }

  /**
   * The price of a settlement, by policy. While it stands in for a market price its time is -Infinity, so that any
   * market price replaces it: an exercise at 50 must not mark everybody's 100.
   */
  offerFromSettlement(symbol: number, price: number, time: number): boolean {
    switch (this.options.fromSettlements) {
      case 'never':
        return false;
      case 'always':
        return this.accept(symbol, price, price, price, this.believed(time));
      case 'unpriced':
        return !this.known(symbol) && this.accept(symbol, price, price, price, -Infinity);
    }
  }

  /** Whether the symbol ever had a price. */
  known(symbol: number): boolean {
    return symbol < this.times.length && !Number.isNaN(this.times[symbol]);
  }

  /** A mark from before a restart, pending until the next tick; -Infinity where a settlement's price stood in. */
  offerRestored(symbol: number, mid: number, bid: number, ask: number, time: number): void {
    this.accept(symbol, mid, bid, ask, time);
    this.guard?.set(symbol, mid);
  }

  /** The symbol's price scale has changed: what is known of it is written anew at the other scale. */
  rescale(symbol: number, fromScale: number, toScale: number): void {
    if (!this.known(symbol)) return;
    const up = Number(powerOfTen(Math.max(0, toScale - fromScale)));
    const down = Number(powerOfTen(Math.max(0, fromScale - toScale)));
    for (const column of [this.mids, this.bids, this.asks]) {
      column[symbol] = mulDivHalfEven(column[symbol] as number, up, down);
    }
    // What no longer is a safe integer is no price any more.
    if (!isSafe(this.bids[symbol] as number) || !isSafe(this.asks[symbol] as number))
      this.times[symbol] = NaN;
    else this.guard?.set(symbol, this.midOf(symbol));
  }

  /**
   * The changes since the last call. They stay valid until the call after the next, while prices go on coming in.
   */
  take(): PriceChanges {
    const changes = this.spare;
    this.spare = this.given;
    this.given = changes;
    reserveChanges(changes, this.dirtyCount);
    let count = 0;
    for (let i = 0; i < this.dirtyCount; i++) {
      const symbol = this.dirty[i] as number;
      this.isDirty[symbol] = 0;
      if (Number.isNaN(this.times[symbol])) continue;
      const mid = this.midOf(symbol);
      if (this.guard !== null && !this.guard.admits(symbol, mid)) {
        this.counts.held++;
        continue;
      }
      changes.symbols[count] = symbol;
      changes.mids[count] = mid;
      changes.bids[count] = this.bids[symbol] as number;
      changes.asks[count] = this.asks[symbol] as number;
      changes.times[count] = this.times[symbol] as number;
      count++;
    }
    changes.count = count;
    this.dirtyCount = 0;
    this.horizon = -Infinity;
    return changes;
  }

  private accept(symbol: number, mid: number, bid: number, ask: number, time: number): boolean {
    if (symbol >= this.times.length) this.reserve(symbol);
    if (time < (this.times[symbol] as number)) {
      this.counts.ignored++;
      return false;
    }
    this.times[symbol] = time;
    this.mids[symbol] = mid;
    this.bids[symbol] = bid;
    this.asks[symbol] = ask;
    if (this.isDirty[symbol] === 0) {
      this.isDirty[symbol] = 1;
      this.dirty[this.dirtyCount++] = symbol;
    }
    return true;
  }

  /** The time to take a price at: now where it gives none, or lies too far ahead. */
  private believed(time: number): number {
    const now = this.clock.now();
    this.horizon = now + this.options.maxFutureMs;
    if (time <= this.horizon) return time;
    if (!Number.isNaN(time)) this.counts.future++;
    return now;
  }

  private midOf(symbol: number): number {
    const mid = this.mids[symbol] as number;
    if (!Number.isNaN(mid)) return mid;
    return (this.mids[symbol] = midpoint(this.bids[symbol] as number, this.asks[symbol] as number));
  }

  private reserve(symbol: number): void {
    let capacity = this.times.length;
    if (symbol < capacity) return;
    while (capacity <= symbol) capacity *= 2;
    this.times = grown(this.times, capacity).fill(NaN, this.times.length);
    this.mids = grown(this.mids, capacity);
    this.bids = grown(this.bids, capacity);
    this.asks = grown(this.asks, capacity);
    const isDirty = new Uint8Array(capacity);
    isDirty.set(this.isDirty);
    this.isDirty = isDirty;
    const dirty = new Int32Array(capacity);
    dirty.set(this.dirty);
    this.dirty = dirty;
  }
}

/** (bid + ask) / 2 rounded half to even, also where the sum is no safe integer. */
export function midpoint(bid: number, ask: number): number {
  const sum = bid + ask;
  return isSafe(sum) ? mulDivHalfEven(sum, 1, 2) : Number(roundHalfEven(BigInt(bid) + BigInt(ask), 2n));
}

function grown(column: Float64Array<ArrayBuffer>, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}

function reserveChanges(changes: PriceChanges, count: number): void {
  if (count <= changes.symbols.length) return;
  const capacity = 2 ** Math.ceil(Math.log2(count));
  Object.assign(changes, emptyPriceChanges(capacity));
}
