/**
 * Recorded effects of events as numbers in a row each, in the order in which they were added: a recovery holds a million
 * of them, and as objects these cost twice the memory and much of the garbage collector's time. Knows nothing of how
 * they are found.
 */
import type { RecordedEffect } from './domain/recorded.ts';

const initialRows = 1_024;
/** Figures of a row, and where each is in it. */
const width = 11;
const sequenceAt = 0;
const indexAt = 1;
const rateAt = 2;
const equityBeforeAt = 3;
const navBeforeAt = 4;
const unitsAt = 5;
const navAt = 6;
const epochAt = 7;
const tickAt = 8;
const timeAt = 9;
/** Its bookings begin where those of the row before end. */
const bookingsEndAt = 10;

export class EffectTable {
  count = 0;
  private figures = new Float64Array(initialRows * width);
  private bookings = new Float64Array(initialRows);

  add(e: RecordedEffect): void {
    const start = this.bookingsStart(this.count);
    const end = start + e.bookings.length;
    while (end > this.bookings.length) this.bookings = larger(this.bookings);
    for (let at = start; at < end; at++) this.bookings[at] = e.bookings[at - start] ?? NaN;
    const row = this.count++ * width;
    if (row === this.figures.length) this.figures = larger(this.figures);
    const { figures } = this;
    figures[row + sequenceAt] = e.sequence;
    figures[row + indexAt] = e.index;
    figures[row + rateAt] = e.rate;
    figures[row + equityBeforeAt] = e.equityBefore;
    figures[row + navBeforeAt] = e.navBefore;
    figures[row + unitsAt] = e.units;
    figures[row + navAt] = e.nav;
    figures[row + epochAt] = e.epoch;
    figures[row + tickAt] = e.tick;
    figures[row + timeAt] = e.time;
    figures[row + bookingsEndAt] = end;
  }

  /** NaN where there is no such row. */
  sequence(row: number): number {
    return row < this.count ? this.figure(row, sequenceAt) : NaN;
  }

  index(row: number): number {
    return this.figure(row, indexAt);
  }

  /** Gives a row that has no tick this one. */
  tell(row: number, tick: number, time: number): void {
    if (!Number.isNaN(this.figure(row, tickAt))) return;
    this.figures[row * width + tickAt] = tick;
    this.figures[row * width + timeAt] = time;
  }

  effect(row: number): RecordedEffect {
    const bookings: number[] = [];
    const end = this.figure(row, bookingsEndAt);
    for (let at = this.bookingsStart(row); at < end; at++) bookings.push(this.bookings[at] ?? NaN);
    return {
      account: '',
      sequence: this.figure(row, sequenceAt),
      index: this.figure(row, indexAt),
      bookings,
      late: null,
      rate: this.figure(row, rateAt),
      equityBefore: this.figure(row, equityBeforeAt),
      navBefore: this.figure(row, navBeforeAt),
      units: this.figure(row, unitsAt),
      nav: this.figure(row, navAt),
      epoch: this.figure(row, epochAt),
      tick: this.figure(row, tickAt),
      time: this.figure(row, timeAt),
    };
  }

  /** Gives all memory back. */
  clear(): void {
    this.count = 0;
    this.figures = new Float64Array(initialRows * width);
    this.bookings = new Float64Array(initialRows);
  }

  private bookingsStart(row: number): number {
    return row === 0 ? 0 : this.figure(row - 1, bookingsEndAt);
  }

  private figure(row: number, at: number): number {
    return this.figures[row * width + at] ?? NaN;
  }
}

/** Twice as large. */
function larger(column: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(2 * column.length);
  grown.set(column);
  return grown;
}
