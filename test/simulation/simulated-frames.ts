/**
 * FRAMES in the simulated world: the real frame writer over a simulated publisher, and what a recovery reads back from
 * the stream, with the real row readers.
 */
import type { RecordedCurve } from '../../src/domain/recorded.ts';
import type { Clock, FramedLate, FrameHistory, FrameSink, Log } from '../../src/ports.ts';
import { lastCurves, lateBookings } from '../../streams/codec/frame-rows.ts';
import { newestOwner } from '../../streams/operators/newest-owner.ts';
import { NatsFrames } from '../../streams/sinks/frames.ts';
import type { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import type { Connection } from './connection.ts';
import type { SimulatedServer } from './server.ts';
import type { EngineSurroundings } from './simulated-ports.ts';
import { SimulatedPublisher } from './simulated-publisher.ts';

export function simulatedFrames(
  around: EngineSurroundings,
  clock: Clock,
  log: Log,
  connection: Connection,
): FrameSink {
  const { server, process, model, config } = around;
  const publisher = new SimulatedPublisher(server, connection, process.scheduler);
  const frames = new NatsFrames({
    publisher: publisher as unknown as WindowedPublisher,
    clock,
    log,
    partition: 0,
    flushIntervalMs: config.frames.flush_interval_ms,
  });
  const seal = frames.seal.bind(frames);
  frames.seal = (tick, time, through) => {
    seal(tick, time, through);
    if (!Number.isNaN(time)) model.ticked(tick);
  };
  return frames;
}

const effectsName = /^effects:\d+:(\d+)-(\d+)/;

export class SimulatedFrameHistory implements FrameHistory {
  framedThrough = 0;
  private readonly server: SimulatedServer;
  private readonly connection: Connection;
  private readonly lastRows = new Map<string, RecordedCurve>();
  private readonly lateOnes = new Map<string, number>();
  private readonly covered: { first: number; last: number }[] = [];

  constructor(server: SimulatedServer, connection: Connection) {
    this.server = server;
    this.connection = connection;
  }

  get curves(): ReadonlyMap<string, RecordedCurve> {
    return this.lastRows;
  }

  async load(from: number): Promise<void> {
    const owners = newestOwner();
    const all = await this.connection.request(() => [...this.server.frames]);
    for (const { subject, sequence, headers } of all) {
      if (subject.endsWith('.fence')) {
        owners.isStale({ subject, sequence, epoch: Number(headers['Tidemark-Epoch']) });
      }
    }
    const frames = await this.connection.request(() => this.server.frames.slice(from - 1));
    for (const { subject, sequence, headers, body } of frames) {
      if (owners.isStale({ subject, sequence, epoch: Number(headers['Tidemark-Epoch']) })) continue;
      const columns = (headers['Tidemark-Columns'] ?? '').split(',');
      if (headers['Tidemark-Table'] === 'effects') {
        for (const late of lateBookings(columns, body)) this.count(late, 1);
        this.cover(headers['Tidemark-Frame'] ?? '');
      } else if (headers['Tidemark-Table'] === 'equity_curve') {
        for (const [account, curve] of lastCurves(columns, body)) {
          if (!(curve.tick < (this.lastRows.get(account)?.tick ?? NaN))) this.lastRows.set(account, curve);
        }
      }
    }
  }

  isFramed(sequence: number): boolean {
    return this.covered.some(({ first, last }) => first <= sequence && sequence <= last);
  }

  isLateFramed(late: FramedLate): boolean {
    return this.count(late, -1) >= 0;
  }

  forget(): void {
    this.lastRows.clear();
    this.lateOnes.clear();
  }

  private count({ account, sequence, tick, currency, amount }: FramedLate, change: 1 | -1): number {
    const key = [account, sequence, tick, currency, amount].join(' ');
    const now = (this.lateOnes.get(key) ?? 0) + change;
    this.lateOnes.set(key, now);
    return now;
  }

  private cover(name: string): void {
    const covers = effectsName.exec(name);
    if (covers === null) return;
    this.covered.push({ first: Number(covers[1]), last: Number(covers[2]) });
    this.framedThrough = Math.max(this.framedThrough, Number(covers[2]));
  }
}
