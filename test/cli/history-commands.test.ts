/** The commands that ask history: day by day, performance, where a change came from, and export. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { migrate } from '../../src/analytics/migrate.ts';
import { startStoreProcess, type TestStore } from '../support/store-process.ts';
import { runTidemark } from '../support/tidemark.ts';

/** Monday, 2026-01-05; every weekday for four weeks, as of 20:00 UTC. Up a hundredth, down half a hundredth. */
const start = Date.UTC(2026, 0, 5, 20);
const days = Array.from({ length: 28 }, (_, day) => start + day * 86_400_000).filter(
  (ts) => ![0, 6].includes(new Date(ts).getUTCDay()),
);
const equities = days.reduce<number[]>(
  (all, _, i) => [...all, Math.round((all.at(-1) ?? 100_000) * (i % 2 === 0 ? 1.01 : 0.995))],
  [],
);

describe('commands of history', function () {
  this.timeout(120_000);
  let store: TestStore;
  let client: ClickHouseClient;
  let env: Record<string, string>;
  let directory: string;
  const run = (...args: string[]) => runTidemark(args, env);

  before(async () => {
    store = await startStoreProcess();
    directory = await mkdtemp(join(tmpdir(), 'tidemark-export-'));
    env = { TIDEMARK_STORE_PORT: String(store.port), TIDEMARK_DATA_DIR: store.dataDir };
    const { url, user, password } = store;
    await migrate({ url, user, password, database: 'tidemark' });
    client = createClient({ url, username: user, password, database: 'tidemark' });
    const rows = days.map((ts, i) => ({
      account_id: '7',
      ts,
      total_equity: equities[i],
      nav: (equities[i] ?? 0) / 100_000,
      net_flow: 100_000,
      unrealized_pnl: (equities[i] ?? 0) - 100_000,
      session_date: new Date(ts).toISOString().slice(0, 10),
      sequence: i + 1,
    }));
    await client.insert({ table: 'equity_curve', values: rows, format: 'JSONEachRow' });
  });

  after(async () => {
    await client.close();
    await store.stop();
    await rm(directory, { recursive: true });
  });

  it('snapshots shows a day a line, and what it earned', async () => {
    const { code, stdout, stderr } = await run('snapshots', '7', '--to', '2026-01-08');
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split('\n');
    assert.match(
      lines[0]!,
      /^day\s+equity USD\s+P&L\s+inflow\s+outflow\s+cumulative P&L\s+positions\s+return\s+TWR$/,
    );
    assert.equal(lines.length, 2 + 3);
    assert.match(lines[3]!, /^2026-01-06\s+1,004\.95\s+-5\.05\s+0\.00\s+0\.00\s+\S+\s+0\s+-0\.50 %\s/);
    assert.match(
      (await run('snapshots', '7', '--chart')).stdout,
      /2026-01-05 00:00:00Z\s+2026-01-30 00:00:00Z/,
    );
  });

  it('snapshots gives every column as JSON', async () => {
    const { stdout } = await run('snapshots', '7', '--json');
    const rows = JSON.parse(stdout) as { session_date: string; equity_balance: string }[];
    assert.deepEqual(
      rows.map((row) => Number(row.equity_balance)),
      equities,
    );
  });

  it('performance shows ratios, and says why one is missing', async () => {
    const { code, stdout, stderr } = await run('performance', '7');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^total return\s+5\.\d\d %$/m);
    assert.match(stdout, /^max drawdown\s+-0\.5\d %$/m);
    assert.match(stdout, /^days\s+\d+$/m);
    assert.match(stderr, /beta, alpha: no benchmark/);
  });

  it('performance takes a benchmark of the price feed: beta to itself is 1', async () => {
    const prices = days.map((ts, i) => ({ symbol: 'NAV', ts, price: equities[i] }));
    await client.insert({ table: 'prices', values: prices, format: 'JSONEachRow' });
    const { stdout } = await run('performance', '7', '--benchmark', 'NAV', '--json', '--from', '2026-01-06');
    const { beta, alpha } = JSON.parse(stdout) as { beta: number; alpha: number };
    assert.ok(Math.abs(beta - 1) < 1e-9 && Math.abs(alpha) < 1e-9, stdout);
  });

  it('explain adds up to the change in equity', async () => {
    const { code, stdout, stderr } = await run('explain', '7', '--from', '2026-01-06', '--to', '2026-01-10');
    assert.equal(code, 0, stderr);
    const change = (equities[4] ?? 0) - (equities[0] ?? 0);
    const text = `${change > 0 ? '+' : ''}${(change / 100).toFixed(2)}`;
    assert.ok(stdout.trimEnd().split('\n').at(-1)?.startsWith('change in equity'), stdout);
    assert.ok(stdout.includes(text), stdout);
    const { stdout: json } = await run(
      'explain',
      '7',
      '--from',
      '2026-01-06',
      '--to',
      '2026-01-10',
      '--json',
    );
    const sources = JSON.parse(json) as { amount: string }[];
    assert.equal(
      sources.reduce((sum, { amount }) => sum + Number(amount), 0),
      change,
    );
  });

  it('every view can be asked as recorded', async () => {
    for (const command of ['snapshots', 'performance', 'explain', 'drawdown', 'history']) {
      const { code, stderr } = await run(command, '7', '--as-recorded', '--json');
      assert.equal(code, 0, `${command}: ${stderr}`);
    }
  });

  it('export writes Parquet that ClickHouse reads, and CSV', async () => {
    const parquet = join(directory, 'curve.parquet');
    const written = await run('export', 'curve', '--account', '7', '--output', parquet, '--json');
    assert.equal(written.code, 0, written.stderr);
    const body = await readFile(parquet);
    assert.deepEqual(
      [body.subarray(0, 4).toString(), (JSON.parse(written.stdout) as { bytes: number }).bytes],
      ['PAR1', body.length],
    );
    const csv = join(directory, 'rows.csv');
    assert.equal((await run('export', 'equity_curve', '--output', csv)).code, 0);
    assert.equal((await readFile(csv, 'utf8')).trimEnd().split('\n').length, days.length + 1);
    const { stdout } = await run(
      'export',
      'equity_1d',
      '--account',
      '7',
      '--from',
      '2026-01-06',
      '--to',
      '2026-01-08',
    );
    assert.equal(stdout.trimEnd().split('\n').length, 3);
  });

  it('export leaves no half file behind, and refuses what makes no sense', async () => {
    const file = join(directory, 'none.parquet');
    const failed = await runTidemark(['export', 'prices', '--output', file], {
      ...env,
      TIDEMARK_STORE_PORT: '1',
    });
    assert.equal(failed.code, 1);
    assert.ok(!existsSync(file) && !existsSync(`${file}.unfinished`));
    assert.equal((await run('export', 'curve')).code, 2);
    assert.equal((await run('export', 'prices', '--account', '7')).code, 2);
    assert.equal((await run('export', 'prices', '--format', 'parquet')).code, 2);
    assert.equal((await run('export', 'nothing')).code, 2);
  });

  it('verify --history finds a day that does not add up', async () => {
    const good = await run('verify', '7', '--history');
    assert.deepEqual([good.code, good.stdout], [0, 'the days of 1 of 1 accounts add up\n']);
    const bad = { account_id: 'bad', ts: start, total_equity: 5, cash_balance: 1, position_value: 3, nav: 1 };
    await client.insert({ table: 'equity_curve', values: [bad], format: 'JSONEachRow' });
    const { code, stdout } = await run('verify', '--history', '--json');
    assert.equal(code, 1);
    const { accounts, violations } = JSON.parse(stdout) as {
      accounts: number;
      violations: { rule: string }[];
    };
    assert.equal(accounts, 2);
    assert.ok(
      violations.some(({ rule }) => rule === 'equity = positions + cash'),
      stdout,
    );
  });

  it('an account without a curve is said to have none', async () => {
    for (const command of ['snapshots', 'explain']) {
      const { code, stderr } = await run(command, 'nobody');
      assert.equal(code, 1, command);
      assert.match(stderr, /account nobody has no recorded/);
    }
  });
});
