/**
 * Writes the last price of what came by batches and foreign subjects to `prices.<symbol>`, where the stream PRICES
 * keeps it: a restart has it then. Stands before the intake and remembers what passes; bounded by one message a symbol
 * and interval, whatever comes in.
 */
import { scaledText } from '../../src/domain/decimal.ts';
import { symbolToken } from '../../src/domain/identifier.ts';
import type { InstrumentTable } from '../../src/domain/instrument.ts';
import type { Clock, PriceIntake } from '../../src/ports.ts';
import type { Link } from './connection.ts';

interface Last {
  /** NaN while the last one was a quote. */
  price: number;
  bid: number;
  ask: number;
  time: number;
  isWritten: boolean;
}

export class PriceWriteThrough implements PriceIntake {
  private readonly intake: PriceIntake;
  private readonly link: Link;
  private readonly instruments: InstrumentTable;
  private readonly clock: Clock;
  private readonly last: (Last | undefined)[] = [];
  private unwritten: number[] = [];

  constructor(intake: PriceIntake, link: Link, instruments: InstrumentTable, clock: Clock) {
    this.intake = intake;
    this.link = link;
    this.instruments = instruments;
    this.clock = clock;
  }

  offer(symbol: number, price: number, time: number): boolean {
    const isTaken = this.intake.offer(symbol, price, time);
    if (isTaken) this.remember(symbol, price, NaN, NaN, time);
    return isTaken;
  }

  offerQuote(symbol: number, bid: number, ask: number, time: number): boolean {
    const isTaken = this.intake.offerQuote(symbol, bid, ask, time);
    if (isTaken) this.remember(symbol, NaN, bid, ask, time);
    return isTaken;
  }

  rounded(count: number): void {
    this.intake.rounded(count);
  }

  /** Publishes what has not been yet. Without an acknowledgement: the next interval has the next price. */
  write(): void {
    if (this.unwritten.length === 0 || !this.link.isUp) return;
    const symbols = this.unwritten;
    this.unwritten = [];
    for (const symbol of symbols) {
      const last = this.last[symbol];
      if (last === undefined) continue;
      last.isWritten = true;
      const { priceScale } = this.instruments.get(symbol);
      const text = (units: number): string => scaledText(units, priceScale);
      const ts = Number.isNaN(last.time) ? this.clock.now() : last.time;
      const figures = Number.isNaN(last.price)
        ? { bid: text(last.bid), ask: text(last.ask), ts }
        : { price: text(last.price), ts };
      this.link.nats.publish(
        `prices.${symbolToken(this.instruments.symbols.name(symbol))}`,
        JSON.stringify(figures),
      );
    }
  }

  private remember(symbol: number, price: number, bid: number, ask: number, time: number): void {
    const last = (this.last[symbol] ??= { price, bid, ask, time, isWritten: true });
    last.price = price;
    last.bid = bid;
    last.ask = ask;
    last.time = time;
    if (!last.isWritten) return;
    last.isWritten = false;
    this.unwritten.push(symbol);
  }
}
