/**
 * What views need of the configuration, in the table `settings`: keys as in config/default.yaml, values as text.
 * Written by whoever brings the schema up to date. Holds no address and no secret.
 */
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { clickHouseOptions } from '../../config/clickhouse-options.ts';
import type { Config } from '../../config/load.ts';
import { exponentsWith } from '../domain/currency.ts';
import type { ClickHouseTarget } from './migrate.ts';

/** Value by key: `accounts.timezone` -> `America/New_York`; lists and maps as JSON. */
export type Settings = Readonly<Record<string, string>>;

export function settingsOf(config: Config): Settings {
  const { accounts, currencies, fx, instruments, performance, curve, prices } = config;
  const settings: Record<string, string> = {};
  const sections = { accounts, fx, performance, curve, prices };
  for (const [section, keys] of Object.entries(sections)) {
    for (const [key, value] of Object.entries(keys)) settings[`${section}.${key}`] = textOf(value);
  }
  return {
    ...settings,
    // With the decimals that need no configuration.
    currencies: textOf(exponentsWith(currencies)),
    instruments: textOf(instruments),
  };
}

/** What the table had of these keys before is replaced; views see either all of a key or what it was. */
export async function writeSettings(target: ClickHouseTarget, settings: Settings): Promise<void> {
  const log = { level: ClickHouseLogLevel.OFF };
  const client = createClient({ ...clickHouseOptions(target), log });
  try {
    await client.insert({
      table: 'settings',
      columns: ['key', 'value'],
      values: Object.entries(settings).map(([key, value]) => ({ key, value })),
      format: 'JSONEachRow',
      clickhouse_settings: { async_insert: 0 },
    });
    // A table of a few rows: so that whoever reads it without FINAL sees each key once.
    await client.command({ query: 'OPTIMIZE TABLE settings FINAL' });
  } finally {
    await client.close();
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
