/**
 * Published expectations of other libraries, from ../shared/data/metric-vectors.json, through the views: each series is
 * inserted as an account's curve, and SQL is asked. What the views do not offer is listed with the reason.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { writeSettings } from '../../src/analytics/settings.ts';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';

interface Vector {
  readonly id: string;
  readonly metric: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly returns?: readonly (number | null)[];
  readonly benchmark?: readonly (number | null)[];
  readonly series?: readonly (number | Readonly<Record<string, number>>)[];
  readonly dates?: readonly string[];
  readonly expected: unknown;
  readonly tolerance: number;
}

/** Ids of vectors that no view answers. */
const notOffered: Readonly<Record<string, string>> = {
  'empyrical/sharpe/mixed_returns/rf=simple_benchmark': 'risk_free is one number a period, not a series',
  'empyrical/sharpe/mixed_returns/rf=self': 'risk_free is one number a period, not a series',
  'empyrical/excess_sharpe/mixed_returns/vs_flat': 'no information ratio',
  'lean/sharpe/202': 'another Sharpe ratio: of the annualized mean',
  'lean/tracking_error/252': 'no tracking error',
  'lean/trade_drawdown_per_unit/short/MultipleDrawdownsOnSingleLowestPrice':
    'of a single trade, not of an account',
  'lean/trade_drawdown_per_unit/short/PriceGoesAboveEntryPrice': 'of a single trade, not of an account',
  'lean/trade_drawdown_per_unit/short/HigherDrawdownAfterPriceGoesAboveEntryPrice':
    'of a single trade, not of an account',
  'barter/sharpe_scale': 'a ratio is scaled, of no series',
  'barter/sharpe': 'a ratio of a given mean and deviation, of no series',
};

/** Answered with NULL, where the source has no number either. */
const answeredWithNull: Readonly<Record<string, string>> = {
  'empyrical/calmar/empty_returns':
    'total_return, max_drawdown, twr: no daily return; annual_return, volatility, sharpe_ratio, sortino_ratio, calmar_ratio: 0 daily returns over 0 days, not 2 over 1; xirr: 0 days, not 1; beta, alpha: no benchmark',
  'empyrical/sharpe/one_return':
    'annual_return, volatility, sharpe_ratio, sortino_ratio, calmar_ratio: 1 daily returns over 1 days, not 2 over 1; beta, alpha: no benchmark',
};

const file = new URL('../../../shared/data/metric-vectors.json', import.meta.url);
const dayMs = 86_400_000;
/** A Monday. */
const firstDay = Date.UTC(2024, 0, 1);

describe('metric vectors of other libraries', () => {
  let store: AnalyticsStore;
  let client: ClickHouseClient;
  let vectors: readonly Vector[];
  let accounts = 0;

  before(async () => {
    assert.ok(existsSync(file), `this check needs ${fileURLToPath(file)}`);
    vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];
    store = await startAnalyticsStore();
    // The vectors have 1 to 10 returns: the least that the configuration allows, for all of them.
    await writeSettings(store.target, { 'performance.min_returns': '2', 'performance.min_days': '1' });
    client = store.client;
  });

  after(async () => {
    await store.stop();
  });

  const insert = (table: string, values: readonly object[]): Promise<unknown> =>
    client.insert({ table, values, format: 'JSONEachRow' });

  /** An account with these values of nav, on the dates given or on weekdays. */
  async function accountOf(navs: readonly number[], dates?: readonly string[]): Promise<string> {
    const account_id = `v${++accounts}`;
    const rows = navs.map((nav, at) => ({
      account_id,
      ts: dates?.[at] === undefined ? weekday(at) : Date.parse(dates[at]),
      total_equity: Math.round(nav * 1e9),
      net_flow: Math.round((navs[0] ?? 0) * 1e9),
      nav,
    }));
    await insert('equity_curve', rows);
    return account_id;
  }

  async function ask<T extends object>(query: string): Promise<T> {
    const [row] = await (await client.query({ query, format: 'JSONEachRow' })).json<T>();
    assert.ok(row !== undefined, query);
    return row;
  }

  async function performance(account: string, figure: string, risk = 0, benchmark = ''): Promise<unknown> {
    const view = `performance(account_id = '${account}', from = '1990-01-01', to = '2030-01-01',
      benchmark = '${benchmark}', risk_free = ${risk})`;
    const { figure: found, reason } = await ask<{ figure: unknown; reason: string }>(
      `SELECT ${figure} AS figure, reason FROM ${view} SETTINGS output_format_json_quote_denormals = 1`,
    );
    return found === null ? `NULL, ${reason}` : found;
  }

  const ofReturns = ({ returns = [] }: Vector): Promise<string> => accountOf(compounded(returns));
  const annualization = (v: Vector): number => Number(v.params['annualization'] ?? 252);

  /** By metric: the figure of the views. What is annualized by another number than 252 is so in the query. */
  const offered: Readonly<Record<string, (v: Vector) => Promise<unknown>>> = {
    async max_drawdown(v) {
      const start = v.params['initial_cash'];
      const series = (v.series ?? []) as number[];
      const navs = start === undefined ? series : [Number(start), ...series];
      const account = v.returns === undefined ? await accountOf(navs, v.dates) : await ofReturns(v);
      const range = `account_id = '${account}', from = '1990-01-01', to = '2030-01-01'`;
      const { deepest } = await ask<{ deepest: number }>(
        `SELECT min(depth) AS deepest FROM drawdown_episodes(${range}, min_depth = 0)`,
      );
      const { lowest } = await ask<{ lowest: number }>(
        `SELECT min(drawdown) AS lowest FROM drawdown(${range})`,
      );
      const daily = await performance(account, 'max_drawdown');
      for (const figure of [deepest, lowest]) assert.ok(Math.abs(figure - Number(daily)) < 1e-12);
      return daily;
    },
    cumulative_return: async (v) => performance(await ofReturns(v), 'total_return'),
    total_return: async (v) =>
      performance(await accountOf((v.series ?? []) as number[], v.dates), 'total_return'),
    annual_return: async (v) =>
      performance(await ofReturns(v), `pow(1 + total_return, ${annualization(v)} / days) - 1`),
    annual_volatility: async (v) =>
      performance(await ofReturns(v), `volatility * sqrt(${annualization(v)} / 252)`),
    annual_variance: async (v) =>
      performance(await ofReturns(v), `pow(volatility, 2) * ${annualization(v)} / 252`),
    calmar: async (v) =>
      performance(
        await ofReturns(v),
        annualization(v) === 252
          ? 'calmar_ratio'
          : `(pow(1 + total_return, ${annualization(v)} / days) - 1) / -max_drawdown`,
      ),
    sharpe: async (v) => performance(await ofReturns(v), 'sharpe_ratio', Number(v.params['risk_free'])),
    sortino: async (v) =>
      performance(await ofReturns(v), 'sortino_ratio', Number(v.params['required_return'])),
    sortino_period: async (v) => performance(await ofReturns(v), 'sortino_ratio / sqrt(252)'),
    async alpha_beta(v) {
      const symbol = `B${++accounts}`;
      const prices = compounded(v.benchmark ?? []).map((nav, at) => ({
        symbol,
        ts: weekday(at),
        price: (nav * 1e6).toFixed(12),
      }));
      await insert('prices', prices);
      const account = await ofReturns(v);
      const alpha = await performance(account, 'alpha', 0, symbol);
      return { alpha, beta: await performance(account, 'beta', 0, symbol) };
    },
    async aggregate_returns(v) {
      const begin = Date.parse(v.dates?.[0] ?? '');
      const dates = [new Date(begin - dayMs).toISOString(), ...(v.dates ?? [])];
      const account_id = await accountOf(compounded(v.returns ?? []), dates);
      // Its dates are days of the week too.
      await insert('account_changes', [{ account_id, calendar: 'all' }]);
      const part = String(v.params['to']).startsWith('weekly') ? 'toISOYear(d), toISOWeek(d)' : 'toYear(d)';
      const { parts } = await ask<{
        parts: number[];
      }>(`SELECT arrayMap(each -> each.2, arraySort(groupArray((part, compounded)))) AS parts
        FROM (SELECT (${part}) AS part, exp(sum(log1p(daily_return))) - 1 AS compounded
          FROM (SELECT session_date AS d, daily_return
            FROM daily_snapshots(account_id = '${account_id}', from = '1990-01-01', to = '2030-01-01') WHERE daily_return IS NOT NULL)
          GROUP BY part)`);
      return parts;
    },
    /** Of falls that were recovered from: from peak to recovery. */
    async max_drawdown_recovery_days(v) {
      const account = await accountOf((v.series ?? []) as number[], v.dates);
      const { days } = await ask<{ days: number }>(
        `SELECT maxIf(length_seconds, recovery_ts IS NOT NULL) / 86400 AS days
        FROM drawdown_episodes(account_id = '${account}', from = '1990-01-01', to = '2030-01-01', min_depth = 0)`,
      );
      return days;
    },
    /** With one flow at the beginning, the yearly rate of money is that of the value. 365 days, not 365.25. */
    cagr_calendar: async (v) => performance(await accountOf((v.series ?? []) as number[], v.dates), 'xirr'),
    twr: async (v) => performance(await accountOf(unitized(v)), 'twr'),
  };

  it('come out of the views within their tolerance', async () => {
    const wrong: string[] = [];
    const nulls: Record<string, string> = {};
    let passed = 0;
    for (const vector of vectors) {
      const figure = offered[vector.metric];
      if (notOffered[vector.id] !== undefined) continue;
      assert.ok(figure !== undefined, `${vector.id} is neither offered nor listed`);
      const found = await figure(vector);
      if (vector.expected === 'NaN' && String(found).startsWith('NULL, '))
        nulls[vector.id] = String(found).slice('NULL, '.length);
      else if (isNear(found, vector.expected, vector.tolerance)) passed++;
      else wrong.push(`${vector.id}: ${JSON.stringify(found)} instead of ${JSON.stringify(vector.expected)}`);
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(nulls, answeredWithNull);
    const listed = vectors.filter(({ id }) => notOffered[id] !== undefined).map(({ id }) => id);
    assert.deepEqual(listed.toSorted(), Object.keys(notOffered).toSorted());
    assert.equal(passed + listed.length + Object.keys(nulls).length, vectors.length);
    console.log(`      ${passed} of ${vectors.length} vectors within their tolerance`);
    for (const [id, reason] of Object.entries(nulls)) console.log(`      NULL: ${id}: ${reason}`);
    for (const id of listed) console.log(`      not offered: ${id}: ${notOffered[id]}`);
  });
});

/** The series of values that has these returns, from 1; null is none. */
function compounded(returns: readonly (number | null)[]): number[] {
  const navs = [1];
  for (const each of returns) if (each !== null) navs.push((navs.at(-1) ?? 1) * (1 + each));
  return navs;
}

/** nav from values and flows: a flow buys units at the nav just before it. */
function unitized({ series = [], params }: Vector): number[] {
  const flows = params['flows'] as number[] | undefined;
  const isAtEnd = params['flow_timing'] === 'end_of_day';
  const navs: number[] = [];
  let units = 0;
  series.forEach((each, at) => {
    const value = typeof each === 'number' ? each : (each['value_after_flow'] ?? each['value'] ?? 0);
    const flow = typeof each === 'number' ? (flows?.[at] ?? 0) : (each['flow'] ?? 0);
    const isBeforeDay = typeof each === 'number' && !isAtEnd;
    // Before a flow at the start of a day the nav is that of the day before; at its end, what the day made of it.
    const before = at === 0 ? 1 : isBeforeDay ? (navs.at(-1) ?? 1) : (value - flow) / units;
    units += at === 0 ? value : flow / before;
    navs.push(value / units);
  });
  return navs;
}

function weekday(at: number): number {
  return firstDay + (Math.floor(at / 5) * 7 + (at % 5)) * dayMs;
}

function isNear(found: unknown, expected: unknown, tolerance: number): boolean {
  if (typeof expected === 'number') return Math.abs(Number(found) - expected) <= tolerance;
  if (typeof expected !== 'object' || expected === null || typeof found !== 'object' || found === null)
    return false;
  const [a, b] = [Object.entries(found), Object.entries(expected)];
  return (
    a.length === b.length &&
    b.every(([key, value]) => isNear((found as Record<string, unknown>)[key], value, tolerance))
  );
}
