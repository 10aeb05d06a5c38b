/**
 * The queries that run, by id: two of one id are refused, one that is to stop is told so again and again until it has
 * ended, since the engine forgets what it is asked before a query has begun. Knows nothing of HTTP.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import type { Log } from '../ports.ts';
import type { Engine } from './engine.ts';
import { StoreError } from './store-error.ts';

export interface RunningQueries {
  /** The signal is aborted when the query is to stop. Ends with what the action ends with. */
  run<T>(queryId: string, action: (signal: AbortSignal) => Promise<T>): Promise<T>;
  stop(queryId: string): void;
  stopAll(): void;
  readonly size: number;
}

export function createRunningQueries(engine: Engine, log: Log): RunningQueries {
  const running = new Map<string, AbortController>();
  let stopping: Promise<void> | null = null;

  const toStop = (): string[] => [...running].filter(([, query]) => query.signal.aborted).map(([id]) => id);

  /** One statement at a time for all of them: it takes a thread past the slots. */
  async function stopAborted(): Promise<void> {
    for (let ids = toStop(); ids.length > 0; ids = toStop()) {
      await engine.stop(ids).catch((error: unknown) => {
        log.warn({ error: String(error) }, 'queries could not be stopped');
      });
      await sleep(limits.storeStopPollMs);
    }
  }

  function stop(queryId: string): void {
    running.get(queryId)?.abort();
    stopping ??= stopAborted().finally(() => (stopping = null));
  }

  return {
    async run(queryId, action) {
      if (running.has(queryId)) {
        const message = `Query with id = ${queryId} is already running.`;
        throw new StoreError(216, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', message);
      }
      const query = new AbortController();
      running.set(queryId, query);
      try {
        return await action(query.signal);
      } finally {
        running.delete(queryId);
      }
    },
    stop,
    stopAll() {
      for (const queryId of running.keys()) stop(queryId);
    },
    get size() {
      return running.size;
    },
  };
}
