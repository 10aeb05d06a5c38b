/**
 * `sink`: rows a second from frames in NATS into ClickHouse, beside `client.insert` of the same rows in the same
 * batches, alternately, on the same servers. The sink's time begins when it asks for frames that are all there.
 */
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { connect, headers, type NatsConnection } from 'nats';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import { frameColumns, type FrameTable } from '../../src/domain/frame.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { startSink } from '../../src/sink.ts';
import { startSinkServers, type SinkServers } from './sink-servers.ts';
import type { BenchRow } from './row.ts';

type Row = readonly unknown[];
interface Work {
  readonly table: FrameTable;
  /** Rows of each frame. */
  readonly frames: readonly (readonly Row[])[];
  readonly rows: number;
}

const rounds = 3;
const start = Date.UTC(2026, 0, 5, 9);

export async function run(): Promise<BenchRow[]> {
  const servers = await startSinkServers();
  const { url, user, password } = servers.clickhouse;
  const nats = await connect({ servers: servers.natsUrl });
  try {
    await (await startSink(sinkOptions(servers))).stop();
    const client = createClient({ url, username: user, password, database: 'tidemark' });
    try {
      return [
        ...(await measure(servers, nats, client, work('equity_curve', 300_000, curveRow))),
        ...(await measure(servers, nats, client, work('effects', 60_000, effectRow))),
      ];
    } finally {
      await client.close();
    }
  } finally {
    await nats.close();
    await servers.stop();
  }
}

async function measure(
  servers: SinkServers,
  nats: NatsConnection,
  client: ClickHouseClient,
  work: Work,
): Promise<BenchRow[]> {
  const bare: number[] = [];
  const sink: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await empty(client, work.table);
    bare.push(work.rows / (await insertBare(client, work)));
    await empty(client, work.table);
    await publish(nats, work, round);
    sink.push(work.rows / (await runSink(servers, work)));
    await checkCount(client, work);
  }
  const value = median(sink);
  const ceiling = median(bare);
  const measured = { part: 'sink', unit: 'rows/s', value: Math.round(value), ceiling: Math.round(ceiling) };
  const ratio = Number((value / ceiling).toFixed(2));
  const target = work.table === 'equity_curve' ? '>= 0.70 of client.insert; >= 100,000 rows/s' : '>= 0.70';
  return [{ ...measured, measure: `frames of ${work.table} into ClickHouse`, ratio, target }];
}

/** Seconds for the batches one after the other, as a program does it that has arrays. */
async function insertBare(client: ClickHouseClient, { table, frames }: Work): Promise<number> {
  const begun = performance.now();
  const [first, ...others] = frameColumns[table];
  for (const values of frames) {
    await client.insert({ table, columns: [first, ...others], values, format: 'JSONCompactEachRow' });
  }
  return (performance.now() - begun) / 1000;
}

async function runSink(servers: SinkServers, work: Work): Promise<number> {
  const sink = await startSink(sinkOptions(servers));
  const begun = performance.now();
  while (sink.stats().frames < work.frames.length) await sleep(limits.readinessPollMs);
  const seconds = (performance.now() - begun) / 1000;
  await sink.stop();
  return seconds;
}

async function publish(nats: NatsConnection, { table, frames }: Work, round: number): Promise<void> {
  for (const [at, rows] of frames.entries()) {
    const fields = headers();
    fields.set('Tidemark-Frame', `bench:${table}:${round}:${at}`);
    fields.set('Tidemark-Table', table);
    fields.set('Tidemark-Columns', frameColumns[table].join(','));
    fields.set('Tidemark-Rows', String(rows.length));
    fields.set('Tidemark-Epoch', '1');
    await nats.jetstream().publish(`frames.0.${table}`, linesOf(rows), { headers: fields });
  }
}

function work(table: FrameTable, rows: number, row: (at: number) => Row): Work {
  const frames: Row[][] = [];
  let frame: Row[] = [];
  let bytes = 0;
  for (let at = 0; at < rows; at++) {
    const next = row(at);
    const size = JSON.stringify(next).length + 1;
    if (frame.length === limits.frameRowsMax || bytes + size > limits.frameBytesMax) {
      frames.push(frame);
      frame = [];
      bytes = 0;
    }
    frame.push(next);
    bytes += size;
  }
  frames.push(frame);
  return { table, frames, rows };
}

const linesOf = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const sinkOptions = ({ natsUrl, clickhouse }: SinkServers) => ({
  nats: { url: natsUrl },
  clickhouse: () => ({ ...clickhouse, database: 'tidemark' }),
  log: quietLog,
});

async function empty(client: ClickHouseClient, table: FrameTable): Promise<void> {
  const behind = table === 'effects' ? ['settlements', 'cash_flows', 'position_changes'] : [];
  for (const name of [table, ...behind]) await client.command({ query: `TRUNCATE TABLE ${name}` });
}

async function checkCount(client: ClickHouseClient, { table, rows }: Work): Promise<void> {
  const result = await client.query({ query: `SELECT count() FROM ${table}`, format: 'TabSeparated' });
  const found = Number(await result.text());
  if (found !== rows) throw new Error(`${found} rows in ${table} instead of ${rows}`);
}

/** 1,000 accounts, a row a second each. */
function curveRow(at: number): Row {
  const time = start + Math.floor(at / 1000) * 1000;
  const equity = 1_000_000_00 + ((at * 7919) % 1_000_000);
  const nav = equity / 1_000_000_00;
  const given: Partial<Record<string, unknown>> = {
    account_id: String(at % 1000),
    session_date: '2026-01-05',
    wiped_out: false,
    ...{
      ts: time,
      tick: time,
      total_equity: equity,
      cash_balance: 512_345_67,
      position_value: equity - 512_345_67,
    },
    ...{
      unrealized_pnl: 41_277,
      realized_pnl: 9_721,
      net_flow: 1_000_000_00,
      day_change: 50_998,
      sequence: 481_516,
    },
    ...{
      day_change_percent: 0.3977,
      nav,
      nav_low: nav - 0.0001,
      nav_high: nav + 0.0001,
      peak_nav: nav + 0.01,
    },
    ...{
      epoch: 1,
      worst_drawdown: -0.00714,
      drawdown: -0.00712,
      max_drawdown: -0.0412,
      max_drawdown_life: -0.0412,
    },
    ...{ units: 1_000_000_00, day_open_equity: 1_000_000_00, day_open_nav: 1 },
  };
  return frameColumns.equity_curve.map((column) => given[column] ?? 0);
}

function effectRow(at: number): Row {
  const text = {
    side: 'buy',
    source: 'venue',
    symbol: `S${at % 100}`,
    currency: 'USD',
    state: 'active.healthy',
  };
  const none = {
    to_currency: '',
    fee_currency: '',
    notes: '',
    reason: '',
    detail: '',
    subject: '',
    payload: '',
  };
  const given: Partial<Record<string, unknown>> = {
    account_id: String(at % 1000),
    kind: 'fill',
    id: `fill-${at}`,
    sequence: at + 1,
    effective_at: null,
    ...{ ts: start + at, event_ts: start + at, tick: start + at, ...text, ...none },
    ...{ quantity: '100', price: '187.23', fee_quantity: '0', quantity_before: '0', quantity_after: '100' },
    ...{
      cash_effect: -18_723_00,
      cost_after: 18_723_00,
      rate: 1,
      equity_before: 1_000_000_00,
      nav_before: 1.01,
    },
    ...{ units: 1_000_000_00, nav: 1.01, epoch: 1 },
  };
  return frameColumns.effects.map((column) => (column in given ? given[column] : 0));
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
