/** daily_snapshots by real SQL: figures of the real ledger, flows, session days around daylight saving time. */
import assert from 'node:assert/strict';
import type { ClickHouseClient } from '@clickhouse/client';
import fc from 'fast-check';
import { validateHistory } from '../../src/analytics/validate-history.ts';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';
import { LedgerHistory } from './ledger-history.ts';

interface Snapshot {
  readonly session_date: string;
  readonly equity_balance: number;
  readonly daily_pnl: number;
  readonly cumulative_pnl: number;
  readonly equity_inflow: number;
  readonly equity_outflow: number;
  readonly daily_return: number | null;
  readonly twr: number | null;
  readonly [column: string]: unknown;
}

describe('daily snapshots by SQL', function () {
  this.timeout(300_000);
  let store: AnalyticsStore;
  let client: ClickHouseClient;

  before(async () => {
    store = await startAnalyticsStore();
    client = store.client;
  });
  after(async () => {
    await store.stop();
  });

  const ask = async <T>(query: string): Promise<T[]> => {
    const settings = 'SETTINGS output_format_json_quote_64bit_integers = 0';
    return (await client.query({ query: `${query} ${settings}`, format: 'JSONEachRow' })).json<T>();
  };
  const violations = async (account: string) => {
    const bound = async <T>(query: string, query_params: Record<string, unknown>): Promise<T[]> =>
      (await client.query({ query, query_params, format: 'JSONEachRow' })).json<T>();
    return (await validateHistory(bound, account)).violations;
  };
  const range = (account: string, from = '2025-01-01', to = '2030-01-01'): string =>
    `account_id = '${account}', from = '${from}', to = '${to}'`;
  const days = (account: string, from?: string, to?: string): Promise<Snapshot[]> =>
    ask(`SELECT * FROM daily_snapshots(${range(account, from, to)})`);
  const performance = async (account: string): Promise<Record<string, unknown>> => {
    const view = `performance(${range(account)}, benchmark = '', risk_free = 0)`;
    return (await ask<Record<string, unknown>>(`SELECT * FROM ${view}`))[0] ?? {};
  };

  it('has the columns of the contract, in their order', async () => {
    const query = `DESCRIBE (SELECT * FROM daily_snapshots(${range('a')}))`;
    const result = await client.query({ query, format: 'JSONEachRow' });
    const columns = await result.json<{ name: string; type: string }>();
    assert.deepEqual(
      columns.map(({ name, type }) => `${name} ${type}`),
      [
        'session_date Date',
        ...[
          'equity_balance',
          'daily_pnl',
          'cumulative_pnl',
          'equity_inflow',
          'equity_outflow',
          'total_value',
          'cash_value',
          'long_value',
          'short_value',
          'gross_exposure',
          'net_exposure',
        ].map((name) => `${name} Int64`),
        ...['num_positions', 'num_long_positions', 'num_short_positions'].map((name) => `${name} UInt64`),
        'daily_return Nullable(Float64)',
        'twr Nullable(Float64)',
      ],
    );
  });

  it('a deposit after a fall from 1,000 to 600 hides nothing: -40 %', async () => {
    const history = new LedgerHistory();
    history.tell('2026-03-02T15:00:00Z', 'cash.d1', { type: 'deposit', amount: 100000 });
    history.tell('2026-03-02T15:01:00Z', 'settlements.d1', {
      symbol: 'X',
      side: 'buy',
      quantity: 10,
      price: 100,
    });
    history.tick('2026-03-02T16:00:00Z', { X: '100' });
    history.tick('2026-03-03T16:00:00Z', { X: '60' });
    history.tell('2026-03-03T17:00:00Z', 'cash.d1', { type: 'deposit', amount: 100000 });
    history.tick('2026-03-03T17:00:01Z');
    await history.insertInto(client);
    const [first, second] = await days('d1');
    assert.deepEqual(
      [first?.equity_balance, first?.daily_pnl, first?.equity_inflow, first?.twr],
      [100000, 0, 100000, 0],
    );
    assert.deepEqual(
      [second?.equity_balance, second?.daily_pnl, second?.cumulative_pnl, second?.equity_inflow],
      [160000, -40000, -40000, 100000],
    );
    assert.ok(near(second?.twr, -0.4) && near(second?.daily_return, -0.4));
    assert.ok(near((await performance('d1'))['max_drawdown'], -0.4));
    assert.deepEqual(
      [second?.['total_value'], second?.['cash_value'], second?.['long_value'], second?.['num_positions']],
      [60000, 100000, 60000, 1],
    );
  });

  it('20 held, 20,000 in, 14 lost to the spread: -0.07 %, not a gain of 100,000 %', async () => {
    const history = new LedgerHistory();
    history.tell('2026-03-02T15:00:00Z', 'cash.d2', { type: 'deposit', amount: 2000 });
    history.tick('2026-03-02T16:00:00Z');
    history.tell('2026-03-03T15:00:00Z', 'cash.d2', { type: 'deposit', amount: 2000000 });
    history.tell('2026-03-03T15:00:00Z', 'settlements.d2', {
      symbol: 'X',
      side: 'buy',
      quantity: 100,
      price: 100.14,
    });
    history.tick('2026-03-03T16:00:00Z', { X: '100' });
    await history.insertInto(client);
    const [, second] = await days('d2');
    assert.deepEqual(
      [second?.equity_balance, second?.daily_pnl, second?.equity_inflow],
      [2000600, -1400, 2000000],
    );
    // 20,020 are there when the spread is paid.
    assert.ok(near(second?.twr, 20006 / 20020 - 1), String(second?.twr));
  });

  it('all withdrawn with a profit: twr stays what was earned', async () => {
    const history = new LedgerHistory();
    history.tell('2026-03-02T15:00:00Z', 'cash.d3', { type: 'deposit', amount: 100000 });
    history.tell('2026-03-02T15:01:00Z', 'settlements.d3', {
      symbol: 'X',
      side: 'buy',
      quantity: 10,
      price: 100,
    });
    history.tick('2026-03-02T16:00:00Z', { X: '110' });
    history.tell('2026-03-03T15:01:00Z', 'settlements.d3', {
      symbol: 'X',
      side: 'sell',
      quantity: 10,
      price: 110,
    });
    history.tell('2026-03-03T15:02:00Z', 'cash.d3', { type: 'withdrawal', amount: 110000 });
    history.tick('2026-03-03T16:00:00Z');
    await history.insertInto(client);
    const [first, second] = await days('d3');
    assert.ok(near(first?.twr, 0.1) && near(second?.twr, 0.1));
    assert.deepEqual(
      [second?.equity_balance, second?.daily_pnl, second?.cumulative_pnl, second?.equity_outflow],
      [0, 0, 10000, 110000],
    );
    assert.ok(near((await performance('d3'))['twr'], 0.1));
  });

  it('shows both directions of a day, and carries a day without a row', async () => {
    const history = new LedgerHistory();
    history.tell('2026-03-02T15:00:00Z', 'cash.d4', { type: 'deposit', amount: 100000 });
    history.tell('2026-03-02T15:30:00Z', 'cash.d4', { type: 'withdrawal', amount: 30000 });
    history.tell('2026-03-02T15:30:00Z', 'cash.d4', { type: 'fee', amount: 500 });
    history.tick('2026-03-02T16:00:00Z');
    history.tell('2026-03-05T15:30:00Z', 'cash.d4', { type: 'interest', amount: 7 });
    history.tick('2026-03-05T16:00:00Z');
    await history.insertInto(client);
    const found = await days('d4');
    assert.deepEqual(
      found.map((day) => [
        day.session_date,
        day.equity_balance,
        day.daily_pnl,
        day.equity_inflow,
        day.equity_outflow,
      ]),
      [
        ['2026-03-02', 69500, -500, 100000, 30000],
        ['2026-03-03', 69500, 0, 0, 0],
        ['2026-03-04', 69500, 0, 0, 0],
        ['2026-03-05', 69507, 7, 0, 0],
      ],
    );
    // Days are taken whole: a time is the session day that contains it.
    const dates = async (from: string, to: string): Promise<string[]> =>
      (await days('d4', from, to)).map((day) => day.session_date);
    assert.deepEqual(await dates('2026-03-03', '2026-03-05'), ['2026-03-03', '2026-03-04']);
    assert.deepEqual(await dates('2026-03-03T21:59:59Z', '2026-03-04T22:00:00Z'), [
      '2026-03-03',
      '2026-03-04',
    ]);
    assert.deepEqual(await dates('2026-03-03T22:00:00Z', '2026-03-04T22:00:00.001Z'), [
      '2026-03-04',
      '2026-03-05',
    ]);
    // A row is the same whichever range it is asked for in.
    assert.deepEqual(await days('d4', '2026-03-05', '2026-03-06'), [found[3]]);
  });

  it('a wipe-out is -100 %, and the next epoch is measured from 1', async () => {
    const history = new LedgerHistory();
    history.tell('2026-03-02T15:00:00Z', 'cash.d5', { type: 'deposit', amount: 100000 });
    history.tell('2026-03-02T15:01:00Z', 'settlements.d5', {
      symbol: 'X',
      side: 'buy',
      quantity: 20,
      price: 100,
    });
    history.tick('2026-03-02T16:00:00Z', { X: '110' });
    history.tick('2026-03-03T16:00:00Z', { X: '40' });
    history.tick('2026-03-04T16:00:00Z', { X: '41' });
    history.tell('2026-03-05T15:00:00Z', 'cash.d5', { type: 'deposit', amount: 100000 });
    history.tick('2026-03-05T15:00:01Z');
    history.tick('2026-03-05T16:00:00Z', { X: '50' });
    await history.insertInto(client);
    const found = await days('d5');
    // 1,000 and 10 x 20 = 1,200; -1,000 + 800 = -200; -180; 820, then 1,000.
    assert.deepEqual(
      found.map((day) => [day.equity_balance, day.daily_return?.toFixed(6), day.twr?.toFixed(6)]),
      [
        [120000, '0.200000', '0.200000'],
        [-20000, '-1.000000', '-1.000000'],
        [-18000, undefined, '-1.000000'],
        [100000, '0.219512', '0.219512'],
      ],
    );
    const all = await performance('d5');
    assert.deepEqual([all['total_return'], all['max_drawdown']], [-1, -1]);
  });

  it('knows the session days of New York around both changes of its clocks, weekends joined', async () => {
    const history = new LedgerHistory();
    const moments: readonly [string, string][] = [
      // 16:59:59 and 17:00 EST on a Friday; the next session is Saturday's, which joins Monday.
      ['2026-03-06T21:59:59Z', '2026-03-06'],
      ['2026-03-06T22:00:00Z', '2026-03-09'],
      // 16:59 and 17:01 EDT on the Sunday of the change: 23 hours after Saturday's cut-over.
      ['2026-03-08T20:59:00Z', '2026-03-09'],
      ['2026-03-08T21:01:00Z', '2026-03-09'],
      ['2026-03-09T21:01:00Z', '2026-03-10'],
      ['2026-10-30T20:59:00Z', '2026-10-30'],
      ['2026-10-31T21:01:00Z', '2026-11-02'],
      // 16:30 EST, 25 hours after the cut-over before.
      ['2026-11-01T21:30:00Z', '2026-11-02'],
      ['2026-11-02T21:59:59Z', '2026-11-02'],
      ['2026-11-02T22:00:00Z', '2026-11-03'],
    ];
    const expected = new Map<string, number>();
    moments.forEach(([at, date], i) => {
      const amount = 10 ** i;
      expected.set(date, (expected.get(date) ?? 0) + amount);
      history.tell(at, 'cash.ny', { type: 'deposit', amount });
      history.tick(at);
    });
    await history.insertInto(client);
    const found = (await days('ny')).filter((day) => day.equity_inflow !== 0);
    assert.deepEqual(
      found.map((day) => [day.session_date, day.equity_inflow]),
      [...expected],
    );
    assert.deepEqual(await violations('ny'), []);
  });

  it('knows the session days of an account in Tokyo, on all days', async () => {
    const history = new LedgerHistory();
    history.tell('2026-05-01T00:00:00Z', 'accounts.jp', {
      type: 'open',
      timezone: 'Asia/Tokyo',
      cutover: '06:30',
      calendar: 'all',
    });
    const moments: readonly [string, string][] = [
      ['2026-05-01T21:29:59.999Z', '2026-05-02'],
      ['2026-05-01T21:30:00Z', '2026-05-03'],
      ['2026-05-02T21:29:00Z', '2026-05-03'],
      ['2026-05-03T12:00:00Z', '2026-05-04'],
    ];
    moments.forEach(([at], i) => {
      history.tell(at, 'cash.jp', { type: 'deposit', amount: 10 ** i });
      history.tick(at);
    });
    await history.insertInto(client);
    assert.deepEqual(
      (await days('jp')).map((day) => [day.session_date, day.equity_inflow]),
      [
        ['2026-05-02', 1],
        ['2026-05-03', 110],
        ['2026-05-04', 1000],
      ],
    );
  });

  it('what a curve of another system begins with came in', async () => {
    const rows = [
      { ts: '2026-03-02 20:00:00', total_equity: 1000, nav: 100 },
      { ts: '2026-03-03 20:00:00', total_equity: 1100, nav: 110 },
    ];
    const values = rows.map((row) => ({ account_id: 'im', ...row }));
    await client.insert({ table: 'equity_curve', values, format: 'JSONEachRow' });
    assert.deepEqual(
      (await days('im')).map((day) => [day.daily_pnl, day.equity_inflow, day.daily_return?.toFixed(6)]),
      [
        [0, 1000, undefined],
        [100, 0, '0.100000'],
      ],
    );
  });

  it('adds up exactly on random histories, and says so', async () => {
    const events = fc.array(
      fc.record({
        hours: fc.integer({ min: 1, max: 60 }),
        flow: fc.integer({ min: -20_000, max: 30_000 }),
        price: fc.integer({ min: 5_000, max: 15_000 }),
        trade: fc.integer({ min: -3, max: 3 }),
      }),
      { minLength: 1, maxLength: 25 },
    );
    let accounts = 0;
    await fc.assert(
      fc.asyncProperty(events, async (story) => {
        const account = `r${++accounts}`;
        const history = new LedgerHistory();
        let at = Date.UTC(2026, 2, 2, 15);
        let price = '100';
        for (const event of story) {
          // Behind the tick before it: no account has two rows of one tick.
          const iso = new Date(at + 1000).toISOString();
          if (event.flow !== 0) {
            const type = event.flow > 0 ? 'deposit' : 'withdrawal';
            history.tell(iso, `cash.${account}`, { type, amount: Math.abs(event.flow) });
          }
          if (event.trade !== 0) {
            const side = event.trade > 0 ? 'buy' : 'sell';
            const fill = { symbol: 'X', side, quantity: Math.abs(event.trade), price, fee: 3 };
            history.tell(iso, `settlements.${account}`, fill);
          }
          history.tick(iso);
          at += event.hours * 3_600_000;
          price = (event.price / 100).toFixed(2);
          history.tick(new Date(at).toISOString(), { X: price });
        }
        await history.insertInto(client);
        assert.deepEqual(await violations(account), []);
        const found = await days(account);
        const figures = history.bench.inspect(account);
        assert.equal(found.at(-1)?.equity_balance, figures?.['total_equity']);
        const flowed = found.reduce((sum, day) => sum + day.equity_inflow - day.equity_outflow, 0);
        assert.equal(flowed, figures?.['net_flow'] ?? 0);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it('finds a day that does not add up', async () => {
    const values = [1000, 1100].map((total_equity, at) => ({
      account_id: 'bad',
      ts: `2026-03-0${at + 2} 20:00:00`,
      total_equity,
      net_flow: 1000,
    }));
    await client.insert({ table: 'equity_curve', values, format: 'JSONEachRow' });
    assert.deepEqual(await violations('bad'), []);
    await client.command({
      query: "DELETE FROM equity_1d_states WHERE account_id = 'bad' AND ts >= '2026-03-03'",
    });
    assert.deepEqual(
      (await violations('bad')).map((each) => [each.session_date, each.rule, each.expected]),
      Array.from({ length: 2 }, () => ['2026-03-03', 'a day with rows has its snapshot', '1100']),
    );
  });
});

function near(found: unknown, expected: number): boolean {
  return typeof found === 'number' && Math.abs(found - expected) < 1e-12;
}
