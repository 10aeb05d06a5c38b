/**
 * How long the curve is kept, by resolution: a TTL on the tables of its rows and of each rollup, brought in line with
 * the configuration. Rewrites nothing: what has expired goes when its parts are merged. Knows no view.
 */
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { clickHouseOptions } from '../../config/clickhouse-options.ts';
import type { Config } from '../../config/load.ts';
import { periodMs } from '../../config/period.ts';
import type { ClickHouseTarget } from './migrate.ts';

export type Retention = Config['retention'];

/** `rows` of the curve as recorded and as corrected; rollups hold both. */
const tables: Readonly<Record<keyof Retention, readonly string[]>> = {
  rows: ['equity_curve', 'curve_corrections'],
  minutes: ['equity_1m_states'],
  hours: ['equity_1h_states'],
  days: ['equity_1d_states'],
};

/** Answers the tables whose TTL was changed. */
export async function applyRetention(
  target: ClickHouseTarget,
  retention: Retention,
): Promise<readonly string[]> {
  const log = { level: ClickHouseLogLevel.OFF };
  const client = createClient({ ...clickHouseOptions(target), log });
  try {
    const current = await readTtls(client);
    const changed: string[] = [];
    for (const resolution of Object.keys(tables) as (keyof Retention)[]) {
      const wanted = secondsOf(retention[resolution]);
      for (const table of tables[resolution]) {
        if ((current.get(table) ?? null) === wanted) continue;
        await client.command({ query: statement(table, wanted) });
        changed.push(table);
      }
    }
    return changed;
  } finally {
    await client.close();
  }
}

/** Null: for ever. */
function secondsOf(kept: string): number | null {
  return kept === 'forever' ? null : Math.floor(periodMs(kept) / 1000);
}

// Without `materialize_ttl_after_modify = 0` a changed period would rewrite every part at once.
function statement(table: string, seconds: number | null): string {
  const change =
    seconds === null ? 'REMOVE TTL' : `MODIFY TTL toDateTime(ts) + toIntervalSecond(${String(seconds)})`;
  return `ALTER TABLE ${table} ${change} SETTINGS materialize_ttl_after_modify = 0`;
}

/** Seconds by table, of those that have a TTL. */
async function readTtls(client: ClickHouseClient): Promise<ReadonlyMap<string, number>> {
  const result = await client.query({
    query: `SELECT name, toUInt32(extract(engine_full, 'TTL toDateTime\\\\(ts\\\\) \\\\+ toIntervalSecond\\\\((\\\\d+)\\\\)')) AS seconds
      FROM system.tables
      WHERE database = currentDatabase() AND position(engine_full, 'TTL toDateTime(ts)') > 0`,
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ name: string; seconds: number }>();
  return new Map(rows.map((row) => [row.name, row.seconds]));
}
