/**
 * How many engine calls run at once, and who waits. An engine call holds a thread of libuv's pool, which files and
 * zlib need too, so one thread always stays free; and selects never take the last slot, so that inserts go on under
 * any load of queries. Knows nothing of what is run.
 */
import { limits } from '../../config/limits.ts';
import { StoreError } from './store-error.ts';

export type SlotKind = 'read' | 'write';

export interface Slots {
  /** Waits its turn, in order of arrival per kind; refuses when too many wait. */
  run<T>(kind: SlotKind, action: () => Promise<T>): Promise<T>;
}

/** Threads of this process's libuv pool: set before the process starts, or 4. */
export function threadPoolSize(): number {
  const size = Number(process.env['UV_THREADPOOL_SIZE']);
  return Number.isInteger(size) && size > 0 ? size : 4;
}

export function createSlots(
  total = Math.max(2, Math.min(limits.storeEngineCallsMax, threadPoolSize() - 1)),
): Slots {
  const waiting: Record<SlotKind, (() => void)[]> = { read: [], write: [] };
  const running: Record<SlotKind, number> = { read: 0, write: 0 };

  const mayRun = (kind: SlotKind): boolean =>
    running.read + running.write < total && (kind === 'write' || running.read < total - 1);

  function startNext(): void {
    for (const kind of ['write', 'read'] as const) {
      while (waiting[kind].length > 0 && mayRun(kind)) {
        running[kind] += 1;
        waiting[kind].shift()?.();
      }
    }
  }

  return {
    async run(kind, action) {
      if (mayRun(kind) && waiting[kind].length === 0) running[kind] += 1;
      else {
        if (waiting[kind].length >= limits.storeEngineCallsWaitingMax) {
          const message = `Too many simultaneous queries. Maximum: ${total + limits.storeEngineCallsWaitingMax}.`;
          throw new StoreError(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', message);
        }
        await new Promise<void>((resolve) => waiting[kind].push(resolve));
      }
      try {
        return await action();
      } finally {
        running[kind] -= 1;
        startNext();
      }
    },
  };
}
