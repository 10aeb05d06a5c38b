/**
 * Where the simulated market stopped: its prices, so that a restart goes on from there and no account sees a jump that
 * the market never made. Kept in a KV bucket of its own.
 */
import type { Link } from '../../streams/sources/connection.ts';

const bucketName = 'DEMO';
const key = 'market';

export interface MarketMemory {
  /** Runs so far. */
  readonly runs: number;
  readonly prices: Readonly<Record<string, string>>;
}

export interface MemoryKeeper {
  recall(): Promise<MarketMemory>;
  keep(memory: MarketMemory): Promise<void>;
}

export async function openMemory(link: Link): Promise<MemoryKeeper> {
  const bucket = await link.nats.jetstream().views.kv(bucketName, { history: 1 });
  return {
    async recall() {
      const entry = await bucket.get(key);
      return entry === null ? { runs: 0, prices: {} } : entry.json<MarketMemory>();
    },
    async keep(memory) {
      await bucket.put(key, JSON.stringify(memory));
    },
  };
}
