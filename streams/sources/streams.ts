/**
 * Sees to it that every stream and bucket is there, at the start and after each reconnect: a restarted nats-server has
 * lost those in memory.
 */
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import type { Log } from '../../src/ports.ts';
import type { Link } from './connection.ts';
import { ensureStream } from './ensure-stream.ts';
import { accountsBucket, instrumentsBucket, streamDefinitions } from './stream-definitions.ts';

export async function keepStreams(link: Link, config: Config, log: Log): Promise<void> {
  await ensureAll();
  link.onReconnect(() => void again());

  async function ensureAll(): Promise<void> {
    for (const definition of streamDefinitions(config)) await ensureStream(link.nats, definition);
    // Binds to a bucket where it is there.
    const { views } = link.nats.jetstream({ timeout: limits.natsApiMsMax });
    for (const bucket of [instrumentsBucket, accountsBucket]) await views.kv(bucket, { history: 1 });
  }

  async function again(): Promise<void> {
    let wait: number = limits.natsRetryMsMin;
    while (link.isUp) {
      try {
        await ensureAll();
        return;
      } catch (error) {
        log.warn({ error: String(error) }, 'streams could not be verified yet');
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(wait * 2, limits.natsRetryMsMax);
      }
    }
  }
}
