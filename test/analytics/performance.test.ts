/** performance by real SQL: random curves with flows against naive computations, thin data, ranges, money-weighted returns. */
import assert from 'node:assert/strict';
import type { ClickHouseClient } from '@clickhouse/client';
import fc from 'fast-check';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';
import { naivePerformance, naiveWorth, type DayOfBoth } from './naive-performance.ts';

const dayMs = 86_400_000;
/** A Monday. */
const monday = Date.UTC(2025, 0, 6);
const dateOf = (day: number): string => new Date(monday + day * dayMs).toISOString().slice(0, 10);

type Performance = Readonly<Record<string, number | string | null>>;

describe('performance by SQL', function () {
  this.timeout(300_000);
  let store: AnalyticsStore;
  let client: ClickHouseClient;
  let accounts = 0;

  before(async () => {
    store = await startAnalyticsStore();
    client = store.client;
  });
  after(async () => {
    await store.stop();
  });

  const insert = (table: string, values: readonly object[]): Promise<unknown> =>
    client.insert({ table, values, format: 'JSONEachRow' });
  const performance = async (
    account: string,
    { from = '2024-01-01', to = '2030-01-01', benchmark = '', risk = 0 } = {},
  ): Promise<Performance> => {
    const query = `SELECT * FROM performance(account_id = '${account}', from = '${from}', to = '${to}',
      benchmark = '${benchmark}', risk_free = ${risk}) SETTINGS output_format_json_quote_64bit_integers = 0`;
    const [row] = await (await client.query({ query, format: 'JSONEachRow' })).json<Performance>();
    assert.ok(row !== undefined);
    return row;
  };
  /** A row a day, at 20:00 UTC; days counted from a Monday. */
  const curve = async (
    rows: readonly { day: number; nav: number; equity?: number; netFlow?: number; epoch?: number }[],
    calendar = 'weekdays',
  ): Promise<string> => {
    const account_id = `p${++accounts}`;
    await insert('account_changes', [{ account_id, calendar }]);
    const values = rows.map(({ day, nav, equity = Math.round(nav * 1e6), netFlow = 1e6, epoch = 1 }) => ({
      account_id,
      ts: monday + day * dayMs + 20 * 3_600_000,
      total_equity: equity,
      net_flow: netFlow,
      nav,
      epoch,
    }));
    await insert('equity_curve', values);
    return account_id;
  };
  const rising = (days: number): { day: number; nav: number }[] =>
    Array.from({ length: days }, (_, day) => ({ day, nav: 1 + day * 0.01 }));

  it('has the columns of the contract, in their order', async () => {
    const view = `performance(account_id = 'x', from = '2025-01-01', to = '2026-01-01', benchmark = '', risk_free = 0)`;
    const result = await client.query({ query: `DESCRIBE (SELECT * FROM ${view})`, format: 'JSONEachRow' });
    assert.deepEqual(
      (await result.json<{ name: string }>()).map(({ name }) => name),
      [
        'total_return',
        'annual_return',
        'volatility',
        'sharpe_ratio',
        'sortino_ratio',
        'calmar_ratio',
        'max_drawdown',
        'twr',
        'xirr',
        'beta',
        'alpha',
        'days',
        'days_dropped',
        'reason',
      ],
    );
  });

  it('agrees with naive computations on random curves with flows', async () => {
    const day = fc.record({
      move: fc.integer({ min: -800, max: 900 }).map((n) => n / 10_000),
      flow: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 500_000 })),
      hasRow: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
      benchmark: fc.option(
        fc.integer({ min: -500, max: 520 }).map((n) => n / 10_000),
        { freq: 6 },
      ),
    });
    const stories = fc.array(day, { minLength: 40, maxLength: 60 });
    const calendars = fc.constantFrom('weekdays', 'all');
    const risks = fc.constantFrom(0, 0.0001);
    await fc.assert(
      fc.asyncProperty(stories, calendars, risks, async (story, calendar, risk) => {
        const rows = [{ day: 0, nav: 1, equity: 1_000_000, netFlow: 1_000_000 }];
        const flows = [{ day: 0, amount: -1_000_000 }];
        const symbol = `B${accounts}`;
        const prices = [{ symbol, ts: monday + 20 * 3_600_000, price: '100' }];
        let [nav, equity, netFlow, benchmark, lastBenchmark] = [1, 1_000_000, 1_000_000, 100, 100];
        const days: DayOfBoth[] = [];
        let at = 0;
        for (const { move, flow, hasRow, benchmark: other } of story) {
          at = calendar === 'all' ? at + 1 : at % 7 === 4 ? at + 3 : at + 1;
          // What moves on a day without a row shows in the next one.
          const before = nav;
          if (hasRow) {
            nav *= 1 + move;
            equity = Math.round(equity * (1 + move)) + flow;
            netFlow += flow;
            rows.push({ day: at, nav, equity, netFlow });
            if (flow !== 0) flows.push({ day: at, amount: -flow });
          }
          if (other !== null) {
            benchmark *= 1 + other;
            prices.push({ symbol, ts: monday + at * dayMs + 20 * 3_600_000, price: benchmark.toFixed(8) });
          }
          const close = Number(benchmark.toFixed(8));
          days.push({
            account: nav / before - 1,
            benchmark: other === null ? null : close / lastBenchmark - 1,
          });
          lastBenchmark = close;
        }
        // The last day has a row, so that it is the account's last.
        if (rows.at(-1)?.day !== at) rows.push({ day: at, nav, equity, netFlow });
        const account = await curve(rows, calendar);
        await insert('prices', prices);
        const found = await performance(account, { benchmark: symbol, risk });
        const expected = naivePerformance(days, risk, calendar === 'all' ? 365 : 252);
        for (const [name, value] of Object.entries(expected) as [string, number][]) {
          const isNear = Math.abs(Number(found[name]) - value) <= 1e-9 * Math.max(1, Math.abs(value));
          assert.ok(isNear, `${name}: ${found[name]} instead of ${value}`);
        }
        assert.equal(found['twr'], found['total_return']);
        assert.deepEqual(
          [found['days'], found['days_dropped'], found['reason']],
          [days.length, days.filter((each) => each.benchmark === null).length, ''],
        );
        const rate = Number(found['xirr']);
        const worth = naiveWorth([...flows, { day: at, amount: equity }], rate);
        assert.ok(Math.abs(worth) < 1e-6 * equity, `at ${rate} the flows are worth ${worth}`);
      }),
      { numRuns: 10 },
    );
  });

  it('knows the rate of money: 1,000 in, half a year later 1,000 more, 2,300 at the end', async () => {
    const account = await curve(
      [
        { day: 0, nav: 1, equity: 100_000, netFlow: 100_000 },
        { day: 182, nav: 1.1, equity: 210_000, netFlow: 200_000 },
        { day: 365, nav: 1.2047619, equity: 230_000, netFlow: 200_000 },
      ],
      'all',
    );
    const { xirr, twr } = await performance(account);
    // 1000 (1 + r) + 1000 (1 + r)^(183/365) = 2300
    const worth = 1000 * (1 + Number(xirr)) + 1000 * (1 + Number(xirr)) ** (183 / 365);
    assert.ok(Math.abs(worth - 2300) < 1e-6, String(xirr));
    assert.ok(Math.abs(Number(twr) - 0.2047619) < 1e-9);
    // From the second year's half on: what was there counts as paid in the day before.
    const later = await performance(account, { from: dateOf(183) });
    assert.ok(
      Math.abs(Number(later['xirr']) - ((230 / 210) ** (365 / 183) - 1)) < 1e-9,
      String(later['xirr']),
    );
  });

  it('measures the first day of a range from the nav before it', async () => {
    const account = await curve(rising(30), 'all');
    const { total_return, days } = await performance(account, { from: dateOf(10), to: dateOf(20) });
    assert.equal(days, 10);
    assert.ok(Math.abs(Number(total_return) - (1.19 / 1.09 - 1)) < 1e-12);
    const all = await performance(account, { from: dateOf(0), to: dateOf(20) });
    assert.equal(all['days'], 19);
  });

  it('says why a figure is none: too few returns, no variance, no drawdown, no benchmark', async () => {
    const few = await performance(await curve(rising(9), 'all'));
    assert.deepEqual(
      [few['volatility'], few['sharpe_ratio'], few['annual_return'], few['xirr'], few['days']],
      [null, null, null, null, 8],
    );
    assert.match(
      String(few['reason']),
      /8 daily returns over 8 days, not 10 over 14; xirr: 8 days, not 14; beta, alpha: no benchmark/,
    );
    assert.ok(Math.abs(Number(few['total_return']) - 0.08) < 1e-12 && few['max_drawdown'] === 0);

    const still = await performance(
      await curve(
        [
          { day: 0, nav: 1 },
          { day: 40, nav: 1 },
        ],
        'all',
      ),
      { benchmark: 'NONE' },
    );
    assert.deepEqual([still['volatility'], still['sharpe_ratio'], still['sortino_ratio']], [0, null, null]);
    assert.equal(
      still['reason'],
      'sharpe_ratio: returns without variance; sortino_ratio: no return below risk_free; calmar_ratio: no drawdown; ' +
        'beta, alpha: no prices of NONE on these days',
    );
    assert.equal(still['days_dropped'], 40);
    assert.ok(Math.abs(Number(still['xirr'])) < 1e-9);

    const nobody = await performance('nobody');
    assert.deepEqual([nobody['total_return'], nobody['max_drawdown'], nobody['days']], [null, null, 0]);
    assert.match(String(nobody['reason']), /^total_return, max_drawdown, twr: no daily return/);

    // All of it lost: no rate makes what was paid in worth nothing.
    const lost = await performance(
      await curve(
        [
          { day: 0, nav: 1 },
          { day: 40, nav: 0, equity: 0 },
        ],
        'all',
      ),
    );
    assert.deepEqual([lost['total_return'], lost['annual_return'], lost['xirr']], [-1, -1, null]);
    assert.match(String(lost['reason']), /xirr: no rate/);
  });

  it('takes the calendar of the account: weekends of one on weekdays join Monday', async () => {
    const rows = Array.from({ length: 29 }, (_, day) => ({
      day,
      nav: 1 + 0.01 * Math.sin(day) + day * 0.001,
    }));
    const all = await performance(await curve(rows, 'all'));
    const weekdays = await performance(await curve(rows));
    assert.deepEqual([all['days'], weekdays['days']], [28, 20]);
    assert.ok(Math.abs(Number(all['total_return']) - Number(weekdays['total_return'])) < 1e-12);
  });
});
