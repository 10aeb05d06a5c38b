/**
 * Timers of libraries on virtual time, for as long as a simulation runs: rxjs waits by the global timers. One simulation
 * at a time has them.
 */
import type { Scheduler } from './scheduler.ts';

/** Returns how to put the real ones back. */
export function installVirtualTimers(scheduler: Scheduler): () => void {
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
  const { now } = Date;
  const running = new Set<number>();
  let ids = 0;
  const start = (
    action: (...args: unknown[]) => void,
    ms: number,
    args: unknown[],
    again: boolean,
  ): number => {
    const id = ++ids;
    running.add(id);
    const fire = (): void => {
      if (!running.has(id)) return;
      if (again) scheduler.after(Math.max(1, ms), fire);
      else running.delete(id);
      action(...args);
    };
    scheduler.after(ms, fire);
    return id;
  };
  const stop = (id: number): void => void running.delete(id);
  Object.assign(globalThis, {
    setTimeout: (action: () => void, ms = 0, ...args: unknown[]) => start(action, ms, args, false),
    setInterval: (action: () => void, ms = 0, ...args: unknown[]) => start(action, ms, args, true),
    clearTimeout: stop,
    clearInterval: stop,
  });
  Date.now = () => Math.floor(scheduler.now);
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
    Date.now = now;
  };
}
