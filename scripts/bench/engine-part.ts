/**
 * The real engine inside a process of the benchmarks, so that its event loop can be watched from within: processor time
 * taken, and how long nothing else had its turn. Knows nothing of what is done to it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadConfig } from '../../config/load.ts';
import { startEngine } from '../../src/engine.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { servePart } from '../../src/load/worker.ts';

export interface EngineTask {
  readonly url: string;
  /** Over the defaults, as variables. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface Pauses {
  /** The longest of all, by the clock: what others took from the machine counts, too. */
  readonly wallMsMax: number;
  /** The longest of all, in processor time: what others took does not count. */
  readonly processorMsMax: number;
  /** In processor time, too: so many in a thousand were longer. */
  readonly processorMsP999: number;
}

export interface EnginePartCalls {
  /** Resolves when it is live. */
  readonly open: (task: EngineTask) => Promise<void>;
  /** Of the whole process until now, milliseconds. */
  readonly processorMs: () => number;
  readonly watch: () => void;
  /** Since `watch`. */
  readonly pauses: () => Pauses;
  readonly [name: string]: (argument: never) => unknown;
}

const nanosInMs = 1_000_000;
const microsInMs = 1_000;
/** Beside the garbage collector, nothing of an engine that idles takes longer. */
const everyMs = 1;

servePart((fail) => {
  const delays = monitorEventLoopDelay({ resolution: everyMs });
  let turns: number[] = [];
  let timer: NodeJS.Timeout | null = null;
  return {
    async open({ url, settings }) {
      const engine = await startEngine(loadConfig({ env: settings }), { natsUrl: url, log: quietLog });
      engine.failed.catch(fail);
    },
    processorMs,
    watch() {
      delays.reset();
      delays.enable();
      turns = [];
      let before = processorMs();
      timer = setInterval(() => {
        const now = processorMs();
        turns.push(now - before);
        before = now;
      }, everyMs);
    },
    pauses() {
      delays.disable();
      if (timer !== null) clearInterval(timer);
      turns.sort((a, b) => a - b);
      return {
        wallMsMax: delays.max / nanosInMs - everyMs,
        processorMsMax: turns.at(-1) ?? NaN,
        processorMsP999: turns[Math.floor(turns.length * 0.999)] ?? NaN,
      };
    },
  } satisfies EnginePartCalls;
});

/** Of all threads: what the garbage collector's take is in it. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / microsInMs;
}
