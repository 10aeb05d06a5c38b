/**
 * Rows of one table on their way into a frame: those of the curve, of prices, of dead letters, which stand for
 * themselves. Owns the open frame; a frame is closed when it is full, when a month begins, or when it is asked for.
 */
import { limits } from '../../config/limits.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { MonthRange } from './month.ts';

/** Takes a frame that is closed: its rows and their bytes, which nobody changes any more. */
export type SendRows = (rows: number, body: Uint8Array) => void;

const initialBytes = 65_536;

export class RowFrames {
  private readonly send: SendRows;
  private readonly month = new MonthRange();
  private writer = new ByteWriter(initialBytes);
  private rows = 0;
  /** When the first row of the open frame was written; NaN while there is none. */
  openedAt = NaN;

  constructor(send: SendRows) {
    this.send = send;
  }

  /** Writes a row of time `ts` (ms) by `write`; `now` is the clock's. */
  add(ts: number, now: number, write: (w: ByteWriter) => void): void {
    if (!this.month.has(ts)) {
      this.close();
      this.month.enter(ts);
    }
    const before = this.writer.length;
    write(this.writer);
    if (this.writer.length > limits.frameBytesMax && this.rows > 0) this.closeBefore(before);
    if (this.rows === 0) this.openedAt = now;
    this.rows++;
    if (this.rows >= limits.frameRowsMax) this.close();
  }

  close(): void {
    if (this.rows === 0) return;
    this.send(this.rows, this.writer.bytes.subarray(0, this.writer.length));
    this.writer = new ByteWriter(initialBytes);
    this.rows = 0;
    this.openedAt = NaN;
  }

  /** The row that begins at `at` no longer fits: it opens the next frame. */
  private closeBefore(at: number): void {
    const row = this.writer.bytes.slice(at, this.writer.length);
    this.writer.length = at;
    this.close();
    this.writer.reserve(row.length);
    this.writer.bytes.set(row);
    this.writer.length = row.length;
  }
}
