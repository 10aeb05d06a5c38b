/**
 * One start of the engine, seen from outside: when it owned its partition and when it was live, by its own log; what it
 * told on `equity.*` before that; how much memory it took. Knows nothing of what there is to recover.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ChildProcess } from 'node:child_process';
import type { Link } from '../../streams/sources/connection.ts';
import { spawnEngine } from './servers.ts';

export interface ObservedStart {
  readonly child: ChildProcess;
  /** Milliseconds since the epoch. */
  readonly spawnedAt: number;
  readonly ownedAt: number;
  /** The changelog, the effects and the frames were in memory, and the ledger behind the checkpoint was not applied. */
  readonly readAt: number;
  readonly liveAt: number;
  /** Processor time from owned to live, of all its threads. */
  readonly processorMs: number;
  /** Most resident memory until it was live. */
  readonly peakBytes: number;
}

/** As the engine logs them, at level info. */
const owned = 'the partition is owned';
const read = 'the past is read';
const live = 'live';

interface Line {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
}

const warning = 40;

export async function observeStart(
  url: string,
  settings: Readonly<Record<string, string>>,
): Promise<ObservedStart> {
  const spawnedAt = Date.now();
  const child = spawnEngine(url, { ...settings, TIDEMARK_LOG_LEVEL: 'info' }, 'pipe');
  if (child.stderr === null) throw new Error('the engine has no log');
  const times = new Map<string, number>();
  let processorMs = 0;
  const lines = createInterface({ input: child.stderr });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code, signal) =>
      reject(new Error(`the engine ended with ${signal ?? String(code)}`)),
    );
    lines.on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if (line.level >= warning) console.error(text);
      if (!times.has(line.msg)) times.set(line.msg, line.time);
      if (line.msg === owned) processorMs = -processorMsOf(child.pid ?? 0);
      if (line.msg === live) resolve();
    });
  });
  const at = (message: string): number => {
    const time = times.get(message);
    if (time === undefined) throw new Error(`the engine did not log "${message}"`);
    return time;
  };
  processorMs += processorMsOf(child.pid ?? 0);
  const peakBytes = peakOf(child.pid ?? 0);
  return { child, spawnedAt, ownedAt: at(owned), readAt: at(read), liveAt: at(live), processorMs, peakBytes };
}

/** Counts the updates of any account that were told before the engine was live. */
export class EarlyEmissions {
  /** When each came, or the time of its tick where that is earlier. */
  private readonly times: number[] = [];
  private readonly stopListening: () => void;

  constructor(link: Link) {
    const subscription = link.nats.subscribe('equity.>', {
      callback: (_error, message) => {
        const { timestamp } = message.json<{ timestamp: number }>();
        this.times.push(Math.min(timestamp, Date.now()));
      },
    });
    this.stopListening = () => subscription.unsubscribe();
  }

  get count(): number {
    return this.times.length;
  }

  before(time: number): number {
    return this.times.filter((each) => each < time).length;
  }

  close(): void {
    this.stopListening();
  }
}

const bytesInKiB = 1_024;
/** Linux counts processor time in hundredths of a second, whatever its own clock. */
const msInTick = 10;

/** Processor time that the process has taken, of all its threads. Linux. */
export function processorMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may itself hold spaces and brackets. utime and stime are fields 14 and 15 of the whole line.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * msInTick;
}

function peakOf(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * bytesInKiB;
}
