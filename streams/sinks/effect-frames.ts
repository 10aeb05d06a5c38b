/**
 * Effect rows on their way into frames. Rows are written at once, with blanks for what the tick says; a seal fills
 * them in; what was sealed leaves once it is released, being in the effect log. Frames end between LEDGER sequences, so that a sequence is framed or not; one
 * message whose rows fill more than a frame is the exception, and is framed only with its last part.
 */
import { limits } from '../../config/limits.ts';
import type { Effect } from '../../src/domain/effect.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import type { RefusedElement } from '../codec/dead-letter-payload.ts';
import { fillBlank, fillTick, writeEffectRow, writeRejectedRow } from '../codec/effect-row.ts';
import { MonthRange } from './month.ts';

/** Takes a frame: the end of its name (`17-120`, or `17:1` for a part of one message), its rows, their bytes. */
export type SendEffects = (covers: string, rows: number, body: Uint8Array) => void;

const initialBytes = 65_536;

export class EffectFrames {
  private readonly send: SendEffects;
  private readonly month = new MonthRange();
  private writer = new ByteWriter(initialBytes);
  /**
   * By row: end of its bytes, LEDGER sequence, time (ms), where its time is to be filled in (-1: it has one), the tick
   * that it was recorded with (NaN: none).
   */
  private ends: number[] = [];
  private sequences: number[] = [];
  private times: number[] = [];
  private timesAt: number[] = [];
  private ticks: number[] = [];
  private sealed = 0;
  private released = 0;
  /** LEDGER sequence up to which everything is in a frame; NaN before the first row. */
  private framedThrough = NaN;
  private sealedThrough = 0;
  private releasedThrough = 0;
  private tick = 0;
  private lateFrames = 0;
  /** When the oldest row was written; NaN while there is none. */
  openedAt = NaN;
  /** Rows taken so far, and of these, from the first on, how many have left. */
  written = 0;
  sent = 0;

  constructor(send: SendEffects) {
    this.send = send;
  }

  effect(e: Effect, now: number): void {
    const tsAt = writeEffectRow(this.writer, e);
    this.add(e.sequence, e.time, tsAt, e.recordedTick, now);
  }

  rejected(refused: RefusedElement, now: number): void {
    const tsAt = writeRejectedRow(this.writer, refused);
    this.add(refused.letter.sequence, refused.letter.time, tsAt, NaN, now);
  }

  get isFull(): boolean {
    return (
      this.released >= limits.frameRowsMax || (this.ends[this.released - 1] ?? 0) >= limits.frameBytesMax
    );
  }

  /** Rows until now carry this tick unless they were recorded with one, and its time where they have none. */
  seal(tick: number, time: number, throughSequence: number): void {
    this.tick = tick;
    const { bytes } = this.writer;
    for (let row = this.sealed; row < this.ends.length; row++) {
      const recorded = this.ticks[row] as number;
      fillTick(bytes, this.ends[row] as number, Number.isNaN(recorded) ? tick : recorded);
      const at = this.timesAt[row] as number;
      if (at < 0) continue;
      fillBlank(bytes, at, time);
      this.times[row] = time;
    }
    this.sealed = this.ends.length;
    this.sealedThrough = throughSequence;
  }

  /** What is sealed may leave. */
  release(): void {
    this.released = this.sealed;
    this.releasedThrough = this.sealedThrough;
  }

  /** Sends what may leave. */
  close(): void {
    if (this.released === 0) return;
    const { bytes } = this.writer;
    let first = 0;
    while (first < this.released) first = this.cut(bytes, first);
    this.keepUnreleased();
  }

  private add(sequence: number, time: number, timeAt: number, recordedTick: number, now: number): void {
    if (this.ends.length === 0) this.openedAt = now;
    if (Number.isNaN(this.framedThrough)) this.framedThrough = sequence - 1;
    this.ends.push(this.writer.length);
    this.sequences.push(sequence);
    this.times.push(time);
    this.timesAt.push(timeAt);
    this.ticks.push(recordedTick);
    this.written++;
  }

  /** Sends one frame that begins with row `first`; the first row after it. */
  private cut(bytes: Uint8Array<ArrayBuffer>, first: number): number {
    const start = this.ends[first - 1] ?? 0;
    this.month.enter(this.times[first] as number);
    let end = first;
    let boundary = first;
    while (end < this.released && this.fits(end, first, start)) {
      end++;
      if (end === this.released || this.sequences[end] !== this.sequences[end - 1]) boundary = end;
    }
    const isPart = boundary === first;
    const next = isPart ? end : boundary;
    const body = bytes.subarray(start, this.ends[next - 1]);
    this.sent += next - first;
    this.send(isPart ? this.partName(first) : this.name(first, next), next - first, body);
    return next;
  }

  private fits(row: number, first: number, start: number): boolean {
    return (
      row === first ||
      (row - first < limits.frameRowsMax &&
        (this.ends[row] as number) - start <= limits.frameBytesMax &&
        this.month.has(this.times[row] as number))
    );
  }

  /** `17-120`: what it covers. Rows of late bookings alone cover nothing new and are named by their tick. */
  private name(first: number, next: number): string {
    let last = this.framedThrough;
    for (let row = first; row < next; row++) last = Math.max(last, this.sequences[row] as number);
    if (next === this.released) last = Math.max(last, this.releasedThrough);
    if (last === this.framedThrough) return `${this.tick}:late${++this.lateFrames}`;
    const from = this.framedThrough + 1;
    this.framedThrough = last;
    return `${from}-${last}`;
  }

  /** `17:4096`: the rows of message 17 from its 4096th row on, which is the same at every attempt. */
  private partName(first: number): string {
    const sequence = this.sequences[first] as number;
    return `${sequence}:${first - this.sequences.indexOf(sequence)}`;
  }

  private keepUnreleased(): void {
    const { released } = this;
    const start = this.ends[released - 1] as number;
    const rest = this.writer.bytes.subarray(start, this.writer.length);
    const writer = new ByteWriter(Math.max(initialBytes, rest.length * 2));
    writer.bytes.set(rest);
    writer.length = rest.length;
    this.writer = writer;
    this.ends = this.ends.slice(released).map((end) => end - start);
    this.sequences = this.sequences.slice(released);
    this.times = this.times.slice(released);
    this.timesAt = this.timesAt.slice(released).map((at) => (at < 0 ? at : at - start));
    this.ticks = this.ticks.slice(released);
    this.sealed -= released;
    this.released = 0;
    if (this.ends.length === 0) this.openedAt = NaN;
  }
}
