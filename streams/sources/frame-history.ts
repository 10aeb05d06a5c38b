/**
 * What the stream FRAMES still knows of the past, read once after a restart: which LEDGER sequences have their effects
 * in a frame, and the last row of each account's curve.
 */
import type { RecordedCurve } from '../../src/domain/recorded.ts';
import type { FramedLate, FrameHistory, Log } from '../../src/ports.ts';
import { LastRows, lateBookings } from '../codec/frame-rows.ts';
import { newestOwner } from '../operators/newest-owner.ts';
import type { Link } from './connection.ts';
import { readFences } from './read-fences.ts';
import { readSubjects } from './read-subjects.ts';
import { streamBounds } from './stream-api.ts';
import { framesStream, frameSubject } from './stream-definitions.ts';

export interface FrameHistoryOptions {
  readonly link: Link;
  readonly log: Log;
  readonly partition: number;
}

/** A frame of effects: the LEDGER sequences it covers. */
const effectsName = /^effects:\d+:(\d+)-(\d+)/;

export class NatsFrameHistory implements FrameHistory {
  framedThrough = 0;
  private readonly link: Link;
  private readonly log: Log;
  private readonly partition: number;
  private lastRows: ReadonlyMap<string, RecordedCurve> = new Map<string, RecordedCurve>();
  /** How many rows of late bookings that look alike are in frames. */
  private readonly lateOnes = new Map<string, number>();
  private readonly covered: { first: number; last: number }[] = [];

  constructor({ link, log, partition }: FrameHistoryOptions) {
    this.link = link;
    this.log = log;
    this.partition = partition;
  }

  get curves(): ReadonlyMap<string, RecordedCurve> {
    return this.lastRows;
  }

  /** Frames that were too old are gone, and what they said is in the changelog. */
  async load(from: number): Promise<void> {
    const { link, log } = this;
    const startedAt = performance.now();
    const { first } = await streamBounds(link.nats, framesStream);
    const owners = newestOwner();
    const { partition } = this;
    await readFences({
      link,
      log,
      partition,
      isOver: () => false,
      take: (fence) => void owners.isStale(fence),
    });
    const rows = new LastRows();
    /** Frames that have late bookings, and where each was first. */
    const named = new Map<string, number>();
    let frames = 0;
    await readSubjects({
      link,
      log,
      isOver: () => false,
      stream: framesStream,
      subjects: frameSubject(this.partition, '*'),
      from: Math.max(from, first),
      isTrimmed: true,
      take: ({ subject, headers, data }, sequence) => {
        frames++;
        // The sink drops it, too: what it said is nowhere.
        const epoch = Number(headers?.get('Tidemark-Epoch') ?? 0);
        if (owners.isStale({ subject, epoch, sequence })) return;
        const table = headers?.get('Tidemark-Table') ?? '';
        const columns = headers?.get('Tidemark-Columns').split(',') ?? [];
        if (table === 'effects') {
          const name = headers?.get('Tidemark-Frame') ?? '';
          this.cover(name);
          for (const late of lateBookings(columns, data)) {
            // A frame that was sent again, beyond the duplicate window, is in ClickHouse once.
            if ((named.get(name) ?? sequence) !== sequence) break;
            named.set(name, sequence);
            this.count(late, 1);
          }
        } else if (table === 'equity_curve') rows.add(columns, data);
      },
    });
    this.lastRows = rows.curves();
    const ms = Math.round(performance.now() - startedAt);
    log.info({ from, frames, ms, framedThrough: this.framedThrough }, 'frames read');
  }

  isFramed(sequence: number): boolean {
    return this.covered.some(({ first, last }) => first <= sequence && sequence <= last);
  }

  isLateFramed(late: FramedLate): boolean {
    return this.count(late, -1) >= 0;
  }

  forget(): void {
    this.lastRows = new Map();
    this.lateOnes.clear();
  }

  private count({ account, sequence, tick, currency, amount }: FramedLate, change: 1 | -1): number {
    const key = [account, sequence, tick, currency, amount].join(' ');
    const now = (this.lateOnes.get(key) ?? 0) + change;
    this.lateOnes.set(key, now);
    return now;
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
