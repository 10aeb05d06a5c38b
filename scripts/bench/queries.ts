/**
 * `queries`: what a dashboard asks of one account while the sink's kind of inserts goes on, in the embedded engine; and
 * the same with a tenth of the accounts and rows, since an account's cost may not grow with the table.
 * Sizes: --rows, --accounts, --asks (of each query), --inserted (rows a second).
 */
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectClickHouse } from '../../streams/sinks/clickhouse.ts';
import { migrate } from '../../src/analytics/migrate.ts';
import { startSinkServers } from './sink-servers.ts';
import { sizesFrom } from './sizes.ts';
import type { BenchRow } from './row.ts';

const defaults = { rows: 10_000_000, accounts: 1000, asks: 100, inserted: 50_000 };
const frameRows = 5000;
const insertedRowsMax = 200_000;
/** An insert that fills the table may take so long. */
const fillMsMax = 600_000;
/** The account with a row a second for a day; the others have theirs spread over the year 2026. */
const dense = `account_id = 'day', from = '2026-01-05', to = '2026-01-06'`;
const year = `account_id = '7', from = '2026-01-01', to = '2027-01-01'`;

const queries: Readonly<Record<string, string>> = {
  'drawdown_episodes, a day of 1 s rows': `drawdown_episodes(${dense}, min_depth = 0.01)`,
  'equity_history of 1,000 points, a day of 1 s rows': `equity_history(${dense}, points = 1000)`,
  'performance, a year': `performance(${year}, benchmark = '', risk_free = 0)`,
};

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

export async function run(options: readonly string[]): Promise<BenchRow[]> {
  const sizes = sizesFrom(options, defaults);
  const servers = await startSinkServers();
  const target = { ...servers.clickhouse, database: 'tidemark' };
  const { url, user, password, database } = target;
  const client = createClient({ url, username: user, password, database, request_timeout: fillMsMax });
  try {
    await migrate(target);
    await client.command({ query: fill(`'day'`, 'number', 0, 86_400, 86_400_000) });
    const few = Math.ceil(sizes.accounts / 10);
    const rowsEach = Math.ceil(sizes.rows / sizes.accounts);
    await spread(client, 0, few, rowsEach);
    const before = await measure(client, target, sizes);
    await spread(client, few, sizes.accounts, rowsEach);
    const after = await measure(client, target, sizes);
    const load = `${sizes.rows.toLocaleString('en')} rows, ${sizes.inserted.toLocaleString('en')} rows/s inserted`;
    return [...after].flatMap(([name, { p50, p95 }]) => {
      const ceiling = before.get(name)?.p95 ?? NaN;
      const row = { part: 'queries', unit: 'ms' };
      return [
        { ...row, measure: `p50 of ${name}, ${load}`, value: p50 },
        {
          ...row,
          measure: `p95 of ${name}; ceiling: a tenth of the accounts`,
          value: p95,
          ceiling,
          ratio: Number((p95 / ceiling).toFixed(2)),
          target: '< 100 ms, no slower with ten times the accounts',
        },
      ];
    });
  } finally {
    await client.close();
    await servers.stop();
  }
}

/** Each of the accounts from one number to another gets its rows, a bounded number of rows an insert. */
async function spread(client: ClickHouseClient, from: number, to: number, rowsEach: number): Promise<void> {
  const accountsAtOnce = Math.max(1, Math.floor(insertedRowsMax / rowsEach));
  for (let first = from; first < to; first += accountsAtOnce) {
    const accounts = Math.min(accountsAtOnce, to - first);
    const name = `toString(${first} + number % ${accounts})`;
    const yearMs = 365 * 86_400_000;
    await client.command({
      query: fill(name, `intDiv(number, ${accounts})`, first, accounts * rowsEach, yearMs, rowsEach),
    });
  }
}

/** A walk of nav from row to row of an account: the sum of two waves, which needs no order of the rows. */
function fill(
  name: string,
  step: string,
  seed: number,
  rows: number,
  lengthMs: number,
  rowsEach = rows,
): string {
  const start = lengthMs > 86_400_000 ? Date.UTC(2026, 0, 1) : Date.UTC(2026, 0, 5);
  return `INSERT INTO equity_curve (account_id, ts, total_equity, nav, net_flow, units)
    SELECT ${name}, fromUnixTimestamp64Milli(toInt64(${start} + intDiv(${step} * ${lengthMs}, ${rowsEach})), 'UTC'),
      toInt64(nav * 100000000), nav, 100000000, 100000000
    FROM (SELECT number, 1 + sin(${step} / ${rowsEach} * 40 + ${seed}) / 10 + sin(${step} * 0.7) / 100
      + (cityHash64(number) % 1000) / 1000000 AS nav FROM numbers(${rows}))
    SETTINGS async_insert = 0, max_partitions_per_insert_block = 0`;
}

async function measure(
  client: ClickHouseClient,
  target: Parameters<typeof connectClickHouse>[0],
  sizes: typeof defaults,
): Promise<Map<string, Percentiles>> {
  const sink = connectClickHouse(target);
  const state = { isOver: false };
  const writing = write(sink, sizes.inserted, state);
  try {
    const found = new Map<string, Percentiles>();
    for (const [name, from] of Object.entries(queries)) {
      const views = await client.query({
        query: `EXISTS VIEW ${from.slice(0, from.indexOf('('))}`,
        format: 'TabSeparated',
      });
      if ((await views.text()).trim() === '0') continue;
      const times: number[] = [];
      for (let ask = -5; ask < sizes.asks; ask++) {
        const begun = performance.now();
        const result = await client.query({ query: `SELECT * FROM ${from}`, format: 'JSONCompactEachRow' });
        await result.text();
        if (ask >= 0) times.push(performance.now() - begun);
      }
      times.sort((a, b) => a - b);
      const at = (share: number): number =>
        Number((times[Math.floor(times.length * share)] ?? NaN).toFixed(1));
      found.set(name, { p50: at(0.5), p95: at(0.95) });
    }
    return found;
  } finally {
    state.isOver = true;
    await writing;
    await sink.close();
  }
}

/** Frames at an even pace until it is over; as many as the store takes where it cannot keep up. */
async function write(
  sink: ReturnType<typeof connectClickHouse>,
  rowsASecond: number,
  state: { readonly isOver: boolean },
): Promise<void> {
  const columns = [
    'account_id',
    'session_date',
    'ts',
    'total_equity',
    'nav',
    'nav_low',
    'nav_high',
    'worst_drawdown',
  ];
  const begun = performance.now();
  const epoch = Date.now();
  for (let frame = 0; !state.isOver; frame++) {
    const ts = epoch + frame * 1000;
    const date = new Date(ts).toISOString().slice(0, 10);
    const lines: string[] = [];
    for (let at = 0; at < frameRows; at++)
      lines.push(`["w${at % 1000}","${date}",${ts + at},100000000,1,0.99,1.01,-0.01]`);
    const body = new TextEncoder().encode(lines.join('\n'));
    await sink.insert({ name: `queries:${epoch}:${frame}`, table: 'equity_curve', columns, body });
    const ahead = ((frame + 1) * frameRows * 1000) / rowsASecond - (performance.now() - begun);
    if (ahead > 0) await sleep(ahead);
  }
}
