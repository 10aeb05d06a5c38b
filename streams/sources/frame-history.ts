/**
 * What the stream FRAMES still knows of the past, read once after a restart: the recorded effects of ledger events, in
 * step with reading the ledger again; the last row of each account's curve; the last price of each symbol.
 */
import type { RecordedCurve, RecordedEffect, RecordedPrice } from '../../src/domain/recorded.ts';
import type { FrameHistory, Log } from '../../src/ports.ts';
import { curveOf, effectOf, priceOf, rowsOf } from '../codec/frame-rows.ts';
import type { FrameRow } from '../codec/frame-rows.ts';
import type { Link } from './connection.ts';
import { PullReader } from './pull-reader.ts';
import { streamBounds } from './stream-api.ts';
import { framesStream } from './stream-definitions.ts';

/** A frame of effects: the LEDGER sequences it covers. */
const effectsName = /^effects:\d+:(\d+)-(\d+)/;

export class NatsFrameHistory implements FrameHistory {
  framedThrough = 0;
  /** The largest owner's epoch that wrote a frame. */
  epoch = 0;
  private readonly link: Link;
  private readonly log: Log;
  private readonly effects = new Map<string, RecordedEffect>();
  private readonly lateOnes = new Map<string, RecordedEffect[]>();
  private readonly lastCurves = new Map<string, RecordedCurve>();
  private readonly lastPrices = new Map<string, RecordedPrice>();
  private readonly covered: { first: number; last: number }[] = [];

  constructor(link: Link, log: Log) {
    this.link = link;
    this.log = log;
  }

  get curves(): ReadonlyMap<string, RecordedCurve> {
    return this.lastCurves;
  }

  get prices(): Iterable<RecordedPrice> {
    return this.lastPrices.values();
  }

  /** Reads what there is now; once, before the engine writes frames of its own. */
  async load(): Promise<void> {
    const { first, last } = await streamBounds(this.link.nats, framesStream);
    if (last < first || last === 0) return;
    const startedAt = performance.now();
    await new Promise<void>((resolve, reject) => {
      const reader = new PullReader({
        link: this.link,
        log: this.log,
        stream: framesStream,
        take: (message, sequence) => {
          const name = message.headers?.get('Tidemark-Frame') ?? '';
          const table = message.headers?.get('Tidemark-Table') ?? '';
          const columns = message.headers?.get('Tidemark-Columns').split(',') ?? [];
          this.epoch = Math.max(this.epoch, Number(message.headers?.get('Tidemark-Epoch') ?? 0));
          this.read(name, table, columns, message.data);
          reader.done(1);
          if (sequence >= last) void reader.close().then(resolve, reject);
        },
      });
      reader.open(Math.max(1, first)).catch(reject);
    });
    const ms = Math.round(performance.now() - startedAt);
    this.log.info({ frames: last - first + 1, ms, framedThrough: this.framedThrough }, 'frames read');
  }

  effect(sequence: number, index: number): RecordedEffect | null {
    return this.effects.get(`${String(sequence)}:${String(index)}`) ?? null;
  }

  late(account: string, sequence: number): readonly RecordedEffect[] {
    return this.lateOnes.get(`${account}:${String(sequence)}`) ?? [];
  }

  isFramed(sequence: number): boolean {
    return this.covered.some(({ first, last }) => first <= sequence && sequence <= last);
  }

  forget(): void {
    this.effects.clear();
    this.lateOnes.clear();
    this.lastCurves.clear();
    this.lastPrices.clear();
  }

  private read(name: string, table: string, columns: readonly string[], body: Uint8Array): void {
    if (table === 'effects') {
      this.cover(name);
      for (const row of rowsOf(columns, body)) this.readEffect(row);
    } else if (table === 'equity_curve') {
      for (const row of rowsOf(columns, body)) this.lastCurves.set(row.text('account_id'), curveOf(row));
    } else if (table === 'prices') {
      for (const row of rowsOf(columns, body)) this.lastPrices.set(row.text('symbol'), priceOf(row));
    }
  }

  private readEffect(row: FrameRow): void {
    const kind = row.text('kind');
    if (kind === 'rejected') return;
    const recorded = effectOf(row);
    if (!recorded.isLate) {
      this.effects.set(`${row.text('sequence')}:${row.text('idx')}`, recorded);
      return;
    }
    const key = `${row.text('account_id')}:${row.text('sequence')}`;
    const list = this.lateOnes.get(key);
    if (list) list.push(recorded);
    else this.lateOnes.set(key, [recorded]);
  }

  private cover(name: string): void {
    const match = effectsName.exec(name);
    if (match === null) return;
    const first = Number(match[1]);
    const last = Number(match[2]);
    this.framedThrough = Math.max(this.framedThrough, last);
    const before = this.covered.at(-1);
    if (before !== undefined && first === before.last + 1) before.last = last;
    else this.covered.push({ first, last });
  }
}
