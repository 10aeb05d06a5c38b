/** Asking NATS until it answers: a server that is away, or restarting, is no reason to fail. */
import { setTimeout as delay } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import type { Log } from '../../src/ports.ts';
import type { Link } from './connection.ts';

export interface RetryOptions {
  readonly link: Link;
  readonly log: Log;
  /** What is asked, for the log. */
  readonly what: string;
  /** Nobody wants the answer any more: the last failure is thrown. */
  readonly isOver: () => boolean;
}

/** The answer of the first attempt that gives one. A request that a broken connection took along is asked again. */
export async function untilAnswered<T>(
  { link, log, what, isOver }: RetryOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  let wait: number = limits.natsRetryMsMin;
  for (;;) {
    let cancel: () => void = () => undefined;
    const reconnected = new Promise<never>((_, reject) => {
      cancel = link.onReconnect(() => reject(new Error('reconnected')));
    });
    try {
      return await Promise.race([attempt(), reconnected]);
    } catch (error) {
      // Closed for good: no reconnect will bring an answer.
      if (isOver() || link.nats.isClosed()) throw error;
      log.warn({ what, error: String(error) }, 'not answered, asked again');
    } finally {
      cancel();
    }
    await delay(wait);
    wait = Math.min(wait * 2, limits.natsRetryMsMax);
  }
}
