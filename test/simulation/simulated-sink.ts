/**
 * A sink of the simulated world: the real frame writer between FRAMES and ClickHouse, both simulated. What it holds and
 * has not acknowledged comes again, to it or to the next one.
 */
import { mergeMap, Subject } from 'rxjs';
import { limits } from '../../config/limits.ts';
import { createFrameWriter } from '../../src/frame-writer.ts';
import type { Log } from '../../src/ports.ts';
import type { InsertableFrame } from '../../streams/sinks/clickhouse.ts';
import { insertStatement } from '../../streams/sinks/clickhouse.ts';
import type { Connection } from './connection.ts';
import type { SimulatedServer, StoredFrame } from './server.ts';
import type { SimulatedClickHouse } from './simulated-clickhouse.ts';
import type { SimulatedProcess } from './simulated-process.ts';

interface HeldFrame extends InsertableFrame {
  readonly rows: number;
  readonly epoch: number;
  readonly subject: string;
  readonly sequence: number;
  done(): void;
}

/** The durable consumer `sink`, on the server: what was acknowledged, what is out, and until when. */
export class SinkConsumer {
  private readonly server: SimulatedServer;
  private readonly acknowledged = new Set<number>();
  private readonly out = new Map<number, number>();
  /** All up to here are acknowledged. */
  private through = 0;

  constructor(server: SimulatedServer) {
    this.server = server;
  }

  /** Marks of owners that began: they say which frames are of a former one, also to a sink that starts after them. */
  get fences(): readonly StoredFrame[] {
    return this.server.frames.filter(({ subject }) => subject.endsWith('.fence'));
  }

  /** Frames that nobody has, in order; they are the asker's until `now + waitMs`. */
  next(now: number, waitMs: number, room: number): readonly StoredFrame[] {
    const found: StoredFrame[] = [];
    for (const frame of this.server.frames.slice(this.through)) {
      if (found.length >= room) break;
      const { sequence } = frame;
      if (this.acknowledged.has(sequence) || (this.out.get(sequence) ?? -1) > now) continue;
      this.out.set(sequence, now + waitMs);
      found.push(frame);
    }
    return found;
  }

  acknowledge(sequence: number): void {
    this.acknowledged.add(sequence);
    this.out.delete(sequence);
    while (this.acknowledged.delete(this.through + 1)) this.through++;
  }

  get isDone(): boolean {
    return this.through === this.server.frames.length;
  }
}

export interface SinkSurroundings {
  readonly process: SimulatedProcess;
  readonly consumer: SinkConsumer;
  readonly connection: Connection;
  readonly clickhouse: SimulatedClickHouse;
  readonly log: Log;
}

const pollMs = 20;
const ackWaitMs = 400;
const heldMax = 6;

export function startSimulatedSink({
  process,
  consumer,
  connection,
  clickhouse,
  log,
}: SinkSurroundings): void {
  const { random } = process;
  const held = new Set<number>();
  const writer = createFrameWriter<HeldFrame>({
    log,
    insert: (frame) => insert(frame),
    keepRefused: (frame, detail) => Promise.reject(new Error(`frame ${frame.name} is refused: ${detail}`)),
  });
  const frames = new Subject<HeldFrame>();
  frames.pipe(mergeMap((frame) => writer.write(frame), limits.sinkInsertsMax)).subscribe();
  for (const fence of consumer.fences)
    writer.write({ ...unpacked(fence), done: () => undefined }).subscribe();
  void ask();

  /** Takes its time, may fail before or after the rows are in. */
  function insert(frame: HeldFrame): Promise<void> {
    return new Promise((resolve, reject) => {
      process.after(random.between(1, 25), () => {
        const fails = clickhouse.isAway || random.chance(0.05);
        const isTaken = !clickhouse.isAway && (!fails || random.chance(0.5));
        if (isTaken) clickhouse.insert(insertStatement(frame), frame.body);
        process.after(random.between(0.1, 2), () => {
          if (fails) reject(new Error('the connection broke'));
          else resolve();
        });
      });
    });
  }

  async function ask(): Promise<void> {
    for (;;) {
      const room = heldMax - held.size;
      const { scheduler } = process;
      const got =
        room > 0 ? await connection.request(() => consumer.next(scheduler.now, ackWaitMs, room)) : [];
      for (const frame of got) take(frame);
      await new Promise<void>((resolve) => process.after(pollMs, resolve));
    }
  }

  function take(frame: StoredFrame): void {
    const { sequence } = frame;
    if (held.has(sequence)) return;
    held.add(sequence);
    frames.next({
      ...unpacked(frame),
      done() {
        held.delete(sequence);
        // An acknowledgement that is lost is not sent again: the frame comes once more.
        if (!random.chance(0.05)) void connection.request(() => consumer.acknowledge(sequence));
      },
    });
  }
}

function unpacked({ sequence, subject, headers, body }: StoredFrame): Omit<HeldFrame, 'done'> {
  return {
    name: headers['Tidemark-Frame'] ?? '',
    table: headers['Tidemark-Table'] ?? '',
    columns: (headers['Tidemark-Columns'] ?? '').split(','),
    rows: Number(headers['Tidemark-Rows']),
    epoch: Number(headers['Tidemark-Epoch']),
    subject,
    sequence,
    body,
  };
}
