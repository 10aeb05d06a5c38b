/**
 * Rows on their durable way to ClickHouse: frames of the stream FRAMES, each one insert, acknowledged with a window.
 * Owns when frames leave: full, or old enough, at a release or by a timer when no tick comes; but nothing of a tick
 * between its seal and its release. See docs/architecture.md.
 */
import { limits } from '../../config/limits.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { CurveRow } from '../../src/domain/equity-update.ts';
import { fenceTable, frameColumns, type FrameTable } from '../../src/domain/frame.ts';
import type { Instrument } from '../../src/domain/instrument.ts';
import type { PriceChanges } from '../../src/domain/price-change.ts';
import type { Cancel, Clock, DeadLetter, FrameSink, Log } from '../../src/ports.ts';
import { writeCurveRow } from '../codec/curve-row.ts';
import { DeadLetterPayloads } from '../codec/dead-letter-payload.ts';
import { writeDeadLetterRow } from '../codec/dead-letter-row.ts';
import { writeInstrumentRow } from '../codec/instrument-row.ts';
import { writePriceRow } from '../codec/price-row.ts';
import { frameSubject, ledgerStream } from '../sources/stream-definitions.ts';
import { AcknowledgedFrames } from './acknowledged-frames.ts';
import { EffectFrames } from './effect-frames.ts';
import { RowFrames } from './row-frames.ts';
import type { WindowedPublisher } from './windowed-publisher.ts';

export interface FrameSinkOptions {
  readonly publisher: WindowedPublisher;
  readonly clock: Clock;
  readonly log: Log;
  readonly partition: number;
  /** Config `frames.flush_interval_ms`. */
  readonly flushIntervalMs: number;
}

interface ClosedFrame {
  readonly table: FrameTable;
  readonly name: string;
  readonly rows: number;
  readonly body: Uint8Array;
}

export class NatsFrames implements FrameSink {
  private readonly options: FrameSinkOptions;
  private readonly payloads = new DeadLetterPayloads();
  private readonly effects: EffectFrames;
  private readonly curves: RowFrames;
  private readonly prices: RowFrames;
  private readonly letters: RowFrames;
  private readonly instruments: RowFrames;
  private readonly cancel: Cancel;
  private readonly acknowledged = new AcknowledgedFrames();
  /** Frames of rows that are complete and wait to leave. */
  private closed: ClosedFrame[] = [];
  private isHeld = false;
  private epoch = 0;
  private tick = 0;
  private part = 0;
  outstandingRows = 0;
  curveWritten = 0;
  private curveSent = 0;
  /** Frames and rows acknowledged by the stream. */
  readonly counts = { frames: 0, rows: 0 };

  constructor(options: FrameSinkOptions) {
    this.options = options;
    const { partition, clock, flushIntervalMs } = options;
    this.effects = new EffectFrames((covers, rows, body) => {
      this.send({ table: 'effects', name: `effects:${partition}:${covers}:${this.epoch}`, rows, body });
    });
    this.curves = this.table('equity_curve');
    this.prices = this.table('prices');
    this.letters = this.table('dead_letters');
    this.instruments = this.table('instrument_changes');
    this.cancel = clock.every(flushIntervalMs, () => this.leave());
  }

  async open(epoch: number): Promise<void> {
    this.epoch = epoch;
    const { publisher, partition } = this.options;
    const name = `${epoch}:${partition}:${fenceTable}`;
    const fence = this.fields({ table: fenceTable, name, rows: 0, columns: '' });
    await publisher.publish(frameSubject(partition, fenceTable), new Uint8Array(0), fence);
  }

  effect(effect: Effect): void {
    this.outstandingRows++;
    this.effects.effect(effect, this.options.clock.now());
  }

  rejected(letter: DeadLetter): void {
    this.outstandingRows++;
    const now = this.options.clock.now();
    const refused = this.payloads.read(letter, limits.deadLetterRowCharsMax);
    if (letter.stream === ledgerStream) this.effects.rejected(refused, now);
    else this.letters.add(letter.time, now, (w) => writeDeadLetterRow(w, refused));
  }

  curve(row: CurveRow): void {
    this.outstandingRows++;
    this.curveWritten++;
    this.curves.add(row.timestamp, this.options.clock.now(), (w) => writeCurveRow(w, row));
  }

  price(symbol: string, scale: number, changes: PriceChanges, at: number, tick: number, time: number): void {
    this.outstandingRows++;
    this.prices.add(time, this.options.clock.now(), (w) =>
      writePriceRow(w, symbol, scale, changes, at, tick, time),
    );
  }

  instrument(symbol: string, instrument: Instrument, exponent: number, time: number): void {
    this.outstandingRows++;
    this.instruments.add(time, this.options.clock.now(), (w) =>
      writeInstrumentRow(w, symbol, instrument, exponent, time),
    );
  }

  seal(tick: number, time: number, throughSequence: number): void {
    if (tick !== this.tick) this.part = 0;
    this.tick = tick;
    this.effects.seal(tick, time, throughSequence);
    this.isHeld = true;
  }

  release(): void {
    this.effects.release();
    this.isHeld = false;
    this.leave();
  }

  get congested(): boolean {
    const { publisher } = this.options;
    return publisher.congested || publisher.outstandingBytes > limits.framesOutstandingBytesMax;
  }

  async ready(): Promise<void> {
    const { publisher } = this.options;
    if (publisher.outstandingBytes > limits.framesOutstandingBytesMax) await publisher.flush();
    await publisher.ready();
  }

  async flush(): Promise<void> {
    this.effects.close();
    if (!this.isHeld) {
      for (const each of this.rowTables) each.close();
      this.sendClosed();
    }
    await this.options.publisher.flush();
  }

  get outstandingBytes(): number {
    return this.options.publisher.outstandingBytes;
  }

  get effectsWritten(): number {
    return this.effects.written;
  }

  get effectsDurable(): number {
    return this.acknowledged.rows.effects;
  }

  get curveDurable(): number {
    return this.acknowledged.rows.curve;
  }

  get position(): number {
    return this.acknowledged.position;
  }

  /** No timer any more; call `flush` before. */
  close(): void {
    this.cancel();
  }

  private get rowTables(): readonly RowFrames[] {
    return [this.curves, this.prices, this.letters, this.instruments];
  }

  private table(table: FrameTable): RowFrames {
    const { partition } = this.options;
    return new RowFrames((rows, body) => {
      const name = `${this.epoch}:${partition}:${this.tick}:${this.part++}`;
      this.closed.push({ table, name, rows, body });
    });
  }

  /** What is full, or old enough. */
  private leave(): void {
    const now = this.options.clock.now();
    // A clock that was set back would hold them for as long as that.
    const isOld = (openedAt: number): boolean =>
      openedAt <= now - this.options.flushIntervalMs || openedAt > now;
    if (this.effects.isFull || isOld(this.effects.openedAt)) this.effects.close();
    if (this.isHeld) return;
    for (const each of this.rowTables) {
      if (isOld(each.openedAt)) each.close();
    }
    this.sendClosed();
  }

  private sendClosed(): void {
    const { closed } = this;
    this.closed = [];
    for (const each of closed) this.send(each);
  }

  private send({ table, name, rows, body }: ClosedFrame): void {
    const { publisher, partition, log } = this.options;
    const fields = this.fields({ table, name, rows, columns: frameColumns[table].join(',') });
    if (table === 'equity_curve') this.curveSent += rows;
    const acknowledge = this.acknowledged.add({ effects: this.effects.sent, curve: this.curveSent });
    publisher.publish(frameSubject(partition, table), body, fields).then(
      ({ sequence }) => {
        this.counts.frames++;
        this.counts.rows += rows;
        this.outstandingRows -= rows;
        acknowledge(sequence);
      },
      (error: unknown) => {
        this.acknowledged.break();
        this.outstandingRows -= rows;
        log.error({ frame: name, error: String(error) }, 'a frame was refused: checkpoints stay before it');
      },
    );
  }

  private fields(of: { table: string; name: string; rows: number; columns: string }): Record<string, string> {
    return {
      'Nats-Msg-Id': of.name,
      'Tidemark-Frame': of.name,
      'Tidemark-Table': of.table,
      'Tidemark-Columns': of.columns,
      'Tidemark-Rows': String(of.rows),
      'Tidemark-Epoch': String(this.epoch),
    };
  }
}
