/** An intake that remembers what it was offered. */
import type { PriceIntake } from '../../../src/ports.ts';

export class RecordingIntake implements PriceIntake {
  readonly offers: (readonly [number, number, number])[] = [];
  readonly quotes: (readonly [number, number, number, number])[] = [];
  roundedCount = 0;

  offer(symbol: number, price: number, time: number): boolean {
    this.offers.push([symbol, price, time]);
    return true;
  }

  offerQuote(symbol: number, bid: number, ask: number, time: number): boolean {
    this.quotes.push([symbol, bid, ask, time]);
    return true;
  }

  rounded(count: number): void {
    this.roundedCount += count;
  }
}
