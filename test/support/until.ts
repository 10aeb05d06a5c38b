/**
 * Waiting for a condition, the only way a test may wait. Owns the polling; knows nothing of what is waited for.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** What is waited for, as it should read in the failure: "waited 10000 ms for <what>". */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly pollMs?: number;
}

/**
 * Polls `condition` until it gives something other than false, null or undefined, and returns that.
 * A condition that throws is not yet fulfilled; its last error is the cause of the failure.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs = 10_000, pollMs = 10 }: UntilOptions,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  do {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await sleep(pollMs);
  } while (performance.now() < deadline);
  throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause: lastError });
}
