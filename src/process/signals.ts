/** The signals that ask this process to end: the first to end in order, the next at once. */
import { limits } from '../../config/limits.ts';

/**
 * Resolves with the first SIGTERM, SIGINT or SIGHUP, and calls `again` for a later one. What follows within a moment
 * is the same signal once more: a terminal and npm, or `timeout`, both send it to the process and to its group.
 */
export function firstSignal(again: () => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    const take = (signal: NodeJS.Signals): void => {
      if (firstAt === null) {
        firstAt = performance.now();
        resolve(signal);
      } else if (performance.now() - firstAt > limits.signalEchoMs) again();
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, take);
  });
}
