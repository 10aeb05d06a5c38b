/** The mark of each symbol: the price at which everybody's holdings of it are valued. Set at ticks only. */
import { grown, nextCapacity } from './grow.ts';

export class Marks {
  /** Integers at the symbol's price scale. */
  mid = new Float64Array(0);
  bid = new Float64Array(0);
  ask = new Float64Array(0);
  /** Milliseconds, as the market said; -Infinity where a settlement's price stands in. */
  time = new Float64Array(0);
  private present = new Uint8Array(0);

  has(symbol: number): boolean {
    return symbol < this.present.length && this.present[symbol] === 1;
  }

  set(symbol: number, mid: number, bid: number, ask: number, time: number): void {
    if (symbol >= this.present.length) this.grow(symbol + 1);
    this.mid[symbol] = mid;
    this.bid[symbol] = bid;
    this.ask[symbol] = ask;
    this.time[symbol] = time;
    this.present[symbol] = 1;
  }

  clear(symbol: number): void {
    if (this.has(symbol)) this.present[symbol] = 0;
  }

  private grow(needed: number): void {
    const capacity = nextCapacity(this.present.length, needed);
    this.mid = grown(this.mid, capacity);
    this.bid = grown(this.bid, capacity);
    this.ask = grown(this.ask, capacity);
    this.time = grown(this.time, capacity);
    this.present = grown(this.present, capacity);
  }
}
