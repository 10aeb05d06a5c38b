/**
 * Writes the curve: at the end of each period of `curve.resolution`, one row of every account and of every price that
 * changed in it. The period is that of the ticks' own time; a row of a price has the time of the tick that applied it, so
 * that it is never later than a row of the curve that is valued with it.
 */
import type { InstrumentTable } from './domain/instrument.ts';
import { emptyPriceChanges } from './domain/price-change.ts';
import type { PriceChanges } from './domain/price-change.ts';
import type { Book } from './ledger/book.ts';
import { grown } from './ledger/grow.ts';
import type { FrameSink } from './ports.ts';

export class CurveWriter {
  private readonly book: Book;
  private readonly frames: FrameSink;
  private readonly instruments: InstrumentTable;
  /** 0: every tick is a period of its own. */
  private readonly resolutionMs: number;
  private period = NaN;
  /** By symbol: its place in `last`, plus one. */
  private readonly places: number[] = [];
  private readonly last = emptyPriceChanges();
  /** By place in `last`: the tick at which the price was applied, and its time. */
  private ticks = new Float64Array(this.last.symbols.length);
  private tickTimes = new Float64Array(this.last.symbols.length);
  private isRecovered = false;

  constructor(book: Book, frames: FrameSink, instruments: InstrumentTable, resolutionMs: number) {
    this.book = book;
    this.frames = frames;
    this.instruments = instruments;
    this.resolutionMs = resolutionMs;
  }

  /** Before a tick is applied: if it opens a new period, the old one is written. */
  begin(time: number): void {
    const period = this.resolutionMs === 0 ? NaN : Math.floor(time / this.resolutionMs);
    if (period !== this.period) this.write();
    this.period = period;
  }

  /** After a tick: its prices are the period's last. */
  end(tick: number, time: number, changes: PriceChanges): void {
    if (this.isRecovered) {
      this.isRecovered = false;
      this.ticks.fill(tick, 0, this.last.count);
      this.tickTimes.fill(time, 0, this.last.count);
    }
    for (let i = 0; i < changes.count; i++) this.note(changes, i, tick, time);
    if (this.resolutionMs === 0) this.write();
  }

  /** After a start: the marks with which everything is valued, as of the first tick. Some were never written. */
  recovered(changes: PriceChanges): void {
    for (let i = 0; i < changes.count; i++) this.note(changes, i, NaN, NaN);
    this.isRecovered = true;
  }

  /** Writes what is there, though the period may go on. */
  write(): void {
    this.book.drainCurve((row) => {
      this.frames.curve(row);
    });
    const { last, ticks, tickTimes } = this;
    // Without a tick nothing was valued.
    if (this.isRecovered) return;
    for (let i = 0; i < last.count; i++) {
      const symbol = last.symbols[i] ?? 0;
      const { priceScale } = this.instruments.get(symbol);
      this.frames.price(
        this.instruments.symbols.name(symbol),
        priceScale,
        last,
        i,
        ticks[i] ?? 0,
        tickTimes[i] ?? 0,
      );
      this.places[symbol] = 0;
    }
    last.count = 0;
  }

  private note(changes: PriceChanges, i: number, tick: number, time: number): void {
    const { last } = this;
    const symbol = changes.symbols[i] ?? 0;
    let at = (this.places[symbol] ?? 0) - 1;
    if (at < 0) {
      at = last.count++;
      if (at === last.symbols.length) this.grow();
      this.places[symbol] = at + 1;
    }
    last.symbols[at] = symbol;
    last.mids[at] = changes.mids[i] ?? 0;
    last.bids[at] = changes.bids[i] ?? 0;
    last.asks[at] = changes.asks[i] ?? 0;
    last.times[at] = changes.times[i] ?? 0;
    this.ticks[at] = tick;
    this.tickTimes[at] = time;
  }

  private grow(): void {
    const { last } = this;
    const larger = emptyPriceChanges(last.symbols.length * 2);
    for (const key of ['symbols', 'mids', 'bids', 'asks', 'times'] as const) larger[key].set(last[key]);
    const { count } = last;
    Object.assign(last, larger, { count });
    this.ticks = grown(this.ticks, larger.symbols.length);
    this.tickTimes = grown(this.tickTimes, larger.symbols.length);
  }
}
