/**
 * FRAMES in the simulated world: the real frame writer over a simulated publisher, and what a recovery reads back from
 * the stream, told to the real reader of the past.
 */
import type { Clock, FrameHistory, FrameSink, Log } from '../../src/ports.ts';
import type { PastFrame } from '../../streams/operators/framed-past.ts';
import { FramedPast } from '../../streams/operators/framed-past.ts';
import { FramedPeriods } from '../../streams/operators/framed-periods.ts';
import type { RecordedCurves, RecordedPeriod, SoughtRows } from '../../src/domain/recorded.ts';
import { NatsFrames } from '../../streams/sinks/frames.ts';
import type { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import type { Connection } from './connection.ts';
import type { SimulatedServer, StoredFrame } from './server.ts';
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

export class SimulatedFrameHistory extends FramedPast implements FrameHistory {
  private readonly server: SimulatedServer;
  private readonly connection: Connection;

  constructor(server: SimulatedServer, connection: Connection) {
    super();
    this.server = server;
    this.connection = connection;
  }

  async load(from: number, sought: SoughtRows): Promise<void> {
    await this.read(from, {
      fence: (mark) => {
        this.fence(mark);
      },
      take: (frame) => {
        this.take(frame, sought);
      },
    });
    this.end();
  }

  periods(
    from: number,
    accounts: ReadonlySet<string>,
    take: (period: RecordedPeriod) => void,
  ): Promise<void> {
    return this.read(from, new FramedPeriods(accounts, take));
  }

  private async read(from: number, past: Pick<FramedPeriods, 'fence' | 'take'>): Promise<void> {
    const all = await this.connection.request(() => [...this.server.frames]);
    for (const frame of all) if (frame.subject.endsWith('.fence')) past.fence(pastFrame(frame));
    const frames = await this.connection.request(() => this.server.frames.slice(from - 1));
    for (const frame of frames) past.take(pastFrame(frame));
  }
}

/** The last row of each account's curve that a recovery would find now. */
export function framedCurves({ frames }: SimulatedServer): RecordedCurves {
  const past = new FramedPast();
  for (const frame of frames) if (frame.subject.endsWith('.fence')) past.fence(pastFrame(frame));
  for (const frame of frames) past.take(pastFrame(frame), { late: false, strays: new Set() });
  past.end();
  return past.curves;
}

function pastFrame({ subject, sequence, headers, body }: StoredFrame): PastFrame {
  return {
    subject,
    sequence,
    epoch: Number(headers['Tidemark-Epoch']),
    name: headers['Tidemark-Frame'] ?? '',
    table: headers['Tidemark-Table'] ?? '',
    columns: (headers['Tidemark-Columns'] ?? '').split(','),
    body,
  };
}
