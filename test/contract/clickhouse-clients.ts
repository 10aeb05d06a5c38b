/** Clients of the contract suites, and what they share: a database, a table, how a failure is caught. */
import assert from 'node:assert/strict';
import { ClickHouseError, ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';

export interface ClickHouseAddress {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export const database = 'contract';

export function newClient(
  { url, user, password }: ClickHouseAddress,
  options: Parameters<typeof createClient>[0] = {},
): ClickHouseClient {
  // Quoting of 64-bit integers differs between versions of ClickHouse.
  const clickhouse_settings = {
    output_format_json_quote_64bit_integers: 1 as const,
    ...options.clickhouse_settings,
  };
  const log = { level: ClickHouseLogLevel.OFF };
  return createClient({ url, username: user, password, database, log, ...options, clickhouse_settings });
}

export async function createDatabase(address: ClickHouseAddress): Promise<void> {
  const admin = newClient(address, { database: 'default' });
  await admin.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
  await admin.close();
}

/** The table `rows`, empty. */
export async function createTable(client: ClickHouseClient): Promise<void> {
  await client.command({ query: 'DROP TABLE IF EXISTS rows' });
  await client.command({
    query: "CREATE TABLE rows (id UInt64, name String DEFAULT 'none') ENGINE = MergeTree ORDER BY id",
  });
}

export async function failure(action: () => Promise<unknown>): Promise<ClickHouseError> {
  const error: unknown = await action().then(
    () => assert.fail('nothing failed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ClickHouseError, String(error));
  return error;
}
