/**
 * The prices of a load test as bytes: one NATS frame a symbol, made once, of which each price patches the digits of the
 * price and of the time. Owns how symbols move. Knows no socket and no pace.
 */
import { Random } from '../random.ts';
import { firstPrices, priceMax, priceMin, priceScale, probeBase, symbolName } from './plan.ts';
import type { LoadPlan } from './plan.ts';

const zero = 48;
const timeDigits = 13;
/** A step of the walk at most, in ten-thousandths. */
const stepMax = 64;

interface Frame {
  readonly bytes: Buffer;
  /** Where the digits are: before and after the point. */
  readonly wholeEnd: number;
  readonly fractionEnd: number;
  readonly timeEnd: number;
}

export class PriceFrames {
  /** Of the symbols that are no probes, with `priceScale` decimals: what was written last. */
  readonly prices: Float64Array;
  /** Bytes that no frame is longer than. */
  readonly bytesMax: number;
  private readonly frames: readonly Frame[];
  private readonly random: Random;
  private turn = 0;

  constructor(plan: LoadPlan) {
    this.prices = firstPrices(plan);
    this.random = new Random(plan.seed, -1);
    this.frames = Array.from({ length: plan.symbols + plan.probes }, (_, symbol) =>
      symbol < plan.symbols
        ? frameOf(symbolName(plan, symbol), 3, priceScale)
        : frameOf(symbolName(plan, symbol), 6, 3),
    );
    this.bytesMax = Math.max(...this.frames.map(({ bytes }) => bytes.length));
  }

  /** Writes the frame of the symbol whose turn it is, moved by a step; returns where it ends. */
  next(out: Buffer, at: number, timeMs: number): number {
    const symbol = this.turn;
    this.turn = symbol + 1 === this.prices.length ? 0 : symbol + 1;
    const step = Math.floor(this.random.next() * (2 * stepMax + 1)) - stepMax;
    let price = (this.prices[symbol] ?? priceMin) + step;
    if (price < priceMin || price > priceMax) price -= 2 * step;
    this.prices[symbol] = price;
    return this.write(symbol, price, timeMs, out, at);
  }

  /** Writes the frame of a symbol as it is now. */
  same(symbol: number, out: Buffer, at: number, timeMs: number): number {
    return this.write(symbol, this.prices[symbol] ?? 0, timeMs, out, at);
  }

  /** Writes a probe's frame: its price says when. */
  probe(probe: number, micros: number, out: Buffer, at: number, timeMs: number): number {
    return this.write(this.prices.length + probe, probeBase + micros, timeMs, out, at);
  }

  private write(symbol: number, units: number, timeMs: number, out: Buffer, at: number): number {
    const frame = this.frames[symbol] as Frame;
    const { bytes, wholeEnd, fractionEnd, timeEnd } = frame;
    let rest = units;
    for (let i = fractionEnd - 1; rest > 0; i--) {
      if (i === wholeEnd) continue;
      const tenth = Math.floor(rest / 10);
      bytes[i] = zero + (rest - tenth * 10);
      rest = tenth;
    }
    let time = timeMs;
    for (let i = timeEnd - 1; i >= timeEnd - timeDigits; i--) {
      const tenth = Math.floor(time / 10);
      bytes[i] = zero + (time - tenth * 10);
      time = tenth;
    }
    out.set(bytes, at);
    return at + bytes.length;
  }
}

function frameOf(symbol: string, whole: number, fraction: number): Frame {
  const before = '{"price":"';
  const between = '","ts":';
  const payload = `${before}${'0'.repeat(whole)}.${'0'.repeat(fraction)}${between}${'0'.repeat(timeDigits)}}`;
  const head = `PUB prices.${symbol} ${payload.length}\r\n`;
  const wholeEnd = head.length + before.length + whole;
  const fractionEnd = wholeEnd + 1 + fraction;
  return {
    bytes: Buffer.from(`${head}${payload}\r\n`, 'latin1'),
    wholeEnd,
    fractionEnd,
    timeEnd: fractionEnd + between.length + timeDigits,
  };
}
