/**
 * Twenty-three years of closes through the real path: `tidemark import --as prices --ticks 1d`, accounts that hold one
 * symbol each, bought with all of their cash at its first close. SQL is asked; expectations are of the file itself.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { naivePerformance } from '../analytics/naive-performance.ts';
import { RealEngine } from '../support/real-engine.ts';
import { runTidemark } from '../support/tidemark.ts';
import { until } from '../support/until.ts';

const file = new URL('../../../shared/data/usa-daily-close.csv.gz', import.meta.url);
const symbols = ['SPY', 'QQQ', 'EEM', 'IWM'];
const end = '2021-04-01';

describe('accounts that bought and held, over the closes of 1998 to 2021', () => {
  let engine: RealEngine;
  let folder: string;
  /** By symbol: date and close, in time. */
  const closes = new Map<string, [string, string][]>();

  before(async () => {
    assert.ok(existsSync(file), `this check needs ${fileURLToPath(file)}`);
    const [head = '', ...rows] = gunzipSync(readFileSync(file)).toString().trim().split('\n');
    assert.equal(head, 'symbol,date,close');
    // The file is by symbol; ticks of the data's own time need it by date.
    const byDate = rows.toSorted((a, b) => (a.split(',')[1] ?? '').localeCompare(b.split(',')[1] ?? ''));
    for (const row of byDate) {
      const [symbol = '', date = '', close = ''] = row.split(',');
      closes.set(symbol, [...(closes.get(symbol) ?? []), [date, close]]);
    }
    folder = mkdtempSync(join(tmpdir(), 'tidemark-closes-'));
    writeFileSync(join(folder, 'closes.csv'), [head, ...byDate].join('\n'));
    engine = await RealEngine.start();
    for (const symbol of symbols) {
      const [, close = ''] = closes.get(symbol)?.[0] ?? [];
      await engine.settle(`cash.${symbol}`, {
        id: 'd',
        type: 'deposit',
        amount: Math.round(Number(close) * 1e4),
      });
      await engine.settle(`settlements.${symbol}`, {
        id: 'f',
        symbol,
        side: 'buy',
        quantity: 100,
        price: close,
      });
    }
    const args = ['import', join(folder, 'closes.csv'), '--as', 'prices', '--ticks', '1d', '--speed', 'max'];
    const { code, stderr } = await runTidemark(args, engine.env);
    assert.equal(code, 0, stderr);
    // The row of the last close leaves when a later tick opens another period.
    await engine.tick(Date.parse(`${end}T12:00:00Z`));
    const last = `SELECT toString(max(ts)) AS last FROM equity_curve WHERE account_id = 'SPY'`;
    await until(async () => String((await sql(last))[0]?.['last']) >= '2021-03-31', {
      what: 'the last row of the curve',
      timeoutMs: 540_000,
    });
  });

  after(async () => {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function sql(query: string): Promise<Record<string, unknown>[]> {
    const { code, stdout, stderr } = await runTidemark(['sql', '--json', query], engine.env);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Record<string, unknown>[];
  }

  it('the five deepest falls of SPY are those that history knows', async () => {
    const found = await sql(`SELECT round(100 * depth, 2) AS depth, toString(toDate(peak_ts)) AS peak,
      toString(toDate(trough_ts)) AS trough, toString(toDate(recovery_ts)) AS recovery
      FROM drawdown_episodes(account_id = 'SPY', from = '1998-01-01', to = '${end}', min_depth = 0.1) LIMIT 5`);
    assert.deepEqual(
      found.map((each) => [each['depth'], each['peak'], each['trough'], each['recovery']]),
      [
        [-56.45, '2007-10-09', '2009-03-09', '2013-03-14'],
        [-49.11, '2000-03-24', '2002-10-09', '2007-05-30'],
        [-34.1, '2020-02-19', '2020-03-23', '2020-08-18'],
        [-20.18, '2018-09-20', '2018-12-24', '2019-04-29'],
        [-18.97, '1998-07-17', '1998-10-08', '1998-11-23'],
      ],
    );
  });

  it('alpha and beta against SPY: 0 and 1 of itself, the others as computed from the file', async () => {
    const dates = new Set(closes.get('SPY')?.map(([date]) => date));
    for (const symbol of symbols) {
      const own = closes.get(symbol) ?? [];
      const from = own[1]?.[0] ?? '';
      const view = `performance(account_id = '${symbol}', from = '${from}', to = '${end}', benchmark = 'SPY', risk_free = 0)`;
      const [found] = await sql(`SELECT * FROM ${view}`);
      assert.ok(found !== undefined);
      const both = joinedReturns(symbol);
      const expected = naivePerformance(both, 0, 252);
      assert.ok(
        Math.abs(Number(found['beta']) - expected.beta) < 1e-9,
        `${symbol}: beta ${String(found['beta'])}`,
      );
      assert.ok(
        Math.abs(Number(found['alpha']) - expected.alpha) < 1e-9,
        `${symbol}: alpha ${String(found['alpha'])}`,
      );
      assert.ok(Math.abs(Number(found['total_return']) - expected.total_return) < 1e-9);
      assert.ok(Math.abs(Number(found['max_drawdown']) - expected.max_drawdown) < 1e-9);
      assert.equal(Number(found['days']) - Number(found['days_dropped']), both.length);
      assert.equal(found['reason'], '');
      if (symbol === 'SPY') {
        assert.ok(Math.abs(Number(found['beta']) - 1) < 1e-12 && Math.abs(Number(found['alpha'])) < 1e-12);
        // All that was ever put in was there at the beginning: the rate of money is that of the value.
        const years = (Date.parse('2021-03-31') - Date.parse('1998-01-02')) / 86_400_000 / 365;
        const yearly = (1 + expected.total_return) ** (1 / years) - 1;
        assert.ok(Math.abs(Number(found['xirr']) - yearly) < 1e-9, String(found['xirr']));
      }
      assert.ok(own.every(([date]) => dates.has(date)));
    }
  });

  it('every weekday of 23 years has its snapshot, and they add up', async () => {
    const view = `daily_snapshots(account_id = 'SPY', from = '1998-01-01', to = '${end}')`;
    const [found] = await sql(`SELECT count() AS days, sum(daily_pnl) AS pnl, sum(equity_inflow) AS inflow,
      argMax(equity_balance, session_date) AS equity, min(long_value = equity_balance) AS is_invested,
      min(num_positions) AS positions FROM ${view}`);
    const of = closes.get('SPY') ?? [];
    const cents = (at: number): number => Math.round(Number(of.at(at)?.[1]) * 1e4);
    // 1998-01-02 is a Friday, 2021-03-31 a Wednesday: 1,212 weeks, and four weekdays.
    assert.deepEqual(found, {
      days: String(1212 * 5 + 4),
      pnl: String(cents(-1) - cents(0)),
      inflow: String(cents(0)),
      equity: String(cents(-1)),
      is_invested: 1,
      positions: '1',
    });
  });

  /** Daily returns of a symbol beside those of SPY, from the second close on. */
  function joinedReturns(symbol: string): { account: number; benchmark: number }[] {
    const own = new Map(closes.get(symbol));
    const [first = '', second = ''] = (closes.get(symbol) ?? []).map(([date]) => date);
    const days: { account: number; benchmark: number }[] = [];
    let [before, benchmarkBefore] = [NaN, NaN];
    for (const [date, close] of closes.get('SPY') ?? []) {
      if (date < first) continue;
      const now = Number(own.get(date) ?? before);
      if (date >= second)
        days.push({ account: now / before - 1, benchmark: Number(close) / benchmarkBefore - 1 });
      before = now;
      benchmarkBefore = Number(close);
    }
    return days;
  }
});
