/** A store with the whole schema, and a client of it. Knows no table. */
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { migrate, type ClickHouseTarget } from '../../src/analytics/migrate.ts';
import { startStoreProcess, type TestStore } from './store-process.ts';

export interface AnalyticsStore {
  readonly store: TestStore;
  readonly target: ClickHouseTarget;
  readonly client: ClickHouseClient;
  stop(): Promise<void>;
}

export async function startAnalyticsStore(): Promise<AnalyticsStore> {
  const store = await startStoreProcess();
  const { url, user, password } = store;
  const target = { url, user, password, database: 'tidemark' };
  await migrate(target);
  const log = { level: ClickHouseLogLevel.OFF };
  const client = createClient({ url, username: user, password, database: 'tidemark', log });
  return {
    store,
    target,
    client,
    async stop() {
      await client.close();
      await store.stop();
    },
  };
}
