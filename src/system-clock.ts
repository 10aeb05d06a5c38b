/** The machine's clock: the only place where the engine asks what time it is. */
import type { Clock } from './ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  every(intervalMs, action) {
    const timer = setInterval(action, intervalMs);
    return () => {
      clearInterval(timer);
    };
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};
