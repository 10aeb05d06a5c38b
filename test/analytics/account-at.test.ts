/** An account at a past moment, by SQL, in both readings: flows dated back, voids, marks at exit, rates over the pivot. */
import assert from 'node:assert/strict';
import { connectClickHouse, type ClickHouseSink } from '../../streams/sinks/clickhouse.ts';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';
import { RebasedStory } from '../support/rebased-story.ts';

const startMs = Date.parse('2026-03-09T15:00:00Z');
const instruments = { ACME: {}, SAP: { currency: 'EUR' } };

const tables = [
  'effects', 'settlements', 'cash_flows', 'position_changes', 'equity_curve', 'prices', 'prices_1h_states',
  'instrument_changes', 'account_changes', 'flow_effects', 'correction_events', 'corrections', 'curve_corrections',
]; // prettier-ignore

type Row = Readonly<Record<string, unknown>>;
type Reading = '' | '_as_recorded';

describe('an account at a past moment', function () {
  this.timeout(120_000);
  let analytics: AnalyticsStore;
  let sink: ClickHouseSink;
  let story: RebasedStory;

  before(async () => {
    analytics = await startAnalyticsStore();
    sink = connectClickHouse(analytics.target);
  });
  after(async () => {
    await sink.close();
    await analytics.stop();
  });
  const begin = async (mark: 'mid' | 'exit'): Promise<void> => {
    const { client, target } = analytics;
    for (const table of tables) await client.command({ query: `TRUNCATE TABLE ${table}` });
    await client.insert({
      table: 'settings',
      values: [{ key: 'prices.mark', value: mark }],
      format: 'JSONEachRow',
    });
    story = new RebasedStory(target, sink, { accounts: ['a'], instruments, startMs, mark });
  };
  afterEach(async () => {
    await story.stop();
  });

  const ask = async (query: string): Promise<Row[]> => {
    const settings = 'SETTINGS output_format_json_quote_64bit_integers = 0';
    const result = await analytics.client.query({ query: `${query} ${settings}`, format: 'JSONEachRow' });
    return result.json<Row>();
  };
  const iso = (offset: number): string => new Date(startMs + offset).toISOString();
  const tick = (offset: number): void => {
    story.tick(startMs + offset);
  };
  const at = async (offset: number, reading: Reading): Promise<Row | undefined> => {
    const [row] = await ask(`SELECT * FROM account_at${reading}(account_id = 'a', at = '${iso(offset)}')`);
    return row;
  };
  /** Equity, what flowed, and cash by currency. */
  const told = async (offset: number, reading: Reading = ''): Promise<unknown[] | null> => {
    const row = await at(offset, reading);
    return row === undefined ? null : [row['total_equity'], row['net_flow'], row['cash']];
  };
  const attributed = async (from: number, to: number, reading: Reading = ''): Promise<object> => {
    const range = `account_id = 'a', from = '${iso(from)}', to = '${iso(to)}'`;
    const rows = await ask(`SELECT source, amount FROM attribution${reading}(${range})`);
    return Object.fromEntries<unknown>(rows.map(({ source, amount }) => [String(source), amount]));
  };
  const positions = (offset: number, reading: Reading = ''): Promise<Row[]> =>
    ask(`SELECT symbol, toFloat64(quantity) AS quantity, market_value, unrealized, market_value_base, unrealized_base, realized_base
      FROM positions${reading}(account_id = 'a', at = '${iso(offset)}')`);

  const deposit = (id: string, amount: number, more: object = {}): object => {
    return { id, type: 'deposit', amount, ...more };
  };
  const fill = (id: string, side: string, quantity: number, price: number, more: object = {}): object => {
    return { id, symbol: 'ACME', side, quantity, price, ...more };
  };
  const tell = (offset: number, subject: string, message: object): void => {
    story.tell(`${subject}.a`, { ...message }, startMs + offset);
  };

  it('has a flow dated back from when it took effect, and as recorded from when it was booked', async () => {
    await begin('mid');
    story.price('EURUSD', 1.1);
    tell(0, 'cash', deposit('d1', 100_000));
    tick(1_000);
    tick(10_000);
    tell(20_000, 'cash', deposit('d2', 50_000, { currency: 'EUR', effective_at: startMs + 5_000 }));
    tell(20_001, 'cash', { id: 'w1', type: 'withdrawal', amount: 30_000, effective_at: startMs + 15_000 });
    tick(21_000);
    await story.corrected();
    const [first, both] = [{ USD: 100_000 }, { EUR: 50_000, USD: 100_000 }];
    const last = { EUR: 50_000, USD: 70_000 };
    // 500.00 EUR at 1.10.
    assert.deepEqual(await told(4_999), [100_000, 100_000, first]);
    assert.deepEqual(await told(5_000), [155_000, 155_000, both]);
    assert.deepEqual(await told(14_999), [155_000, 155_000, both]);
    assert.deepEqual(await told(15_000), [125_000, 125_000, last]);
    assert.deepEqual(await told(21_000), [125_000, 125_000, last]);
    assert.equal(await told(999), null);
    assert.deepEqual(await told(19_999, '_as_recorded'), [100_000, 100_000, first]);
    assert.deepEqual(await told(21_000, '_as_recorded'), [125_000, 125_000, last]);
    const none = { fees: 0, income: 0, fx: 0 };
    assert.deepEqual(await attributed(4_000, 12_000), { ...none, flow: 55_000 });
    assert.deepEqual(await attributed(4_000, 12_000, '_as_recorded'), { ...none, flow: 0 });
  });

  it('never had what was voided, and as recorded had it until its void; also a flow dated back', async () => {
    await begin('mid');
    story.price('ACME', 50);
    tell(0, 'cash', deposit('d1', 1_000_000));
    tell(1, 'settlements', fill('f1', 'buy', 10, 50, { fee: 300 }));
    tell(2, 'settlements', fill('f2', 'buy', 10, 60));
    tick(1_000);
    tell(2_501, 'cash', deposit('d2', 70_000));
    tell(2_502, 'cash', { id: 'c1', type: 'fee', amount: 500 });
    story.price('ACME', 80);
    tick(5_000);
    tell(5_001, 'cash', deposit('d3', 20_000, { effective_at: startMs + 2_000 }));
    tick(6_000);
    await story.corrected();
    assert.deepEqual(await told(2_000), [1_000_000 - 300 - 10_000 + 20_000, 1_020_000, { USD: 909_700 }]);
    for (const [i, [subject, of]] of [
      ['settlements', 'f1'],
      ['cash', 'd2'],
      ['cash', 'c1'],
      ['cash', 'd3'],
    ].entries()) {
      tell(8_000 + i, String(subject), { id: `v${String(of)}`, type: 'void', of });
    }
    tick(9_000);
    await story.corrected();
    // 10 @ 60, at 50 and then at 80.
    for (const [time, equity] of [
      [1_000, 990_000],
      [2_000, 990_000],
      [5_000, 1_020_000],
      [6_000, 1_020_000],
      [9_000, 1_020_000],
    ] as const) {
      assert.deepEqual(await told(time), [equity, 1_000_000, { USD: 940_000 }], `at +${time}`);
      const [position] = await positions(time);
      assert.deepEqual([position?.['quantity'], position?.['unrealized']], [10, equity - 1_000_000]);
    }
    // 20 @ 55 on average, a fee of 3.00; then 700.00 in and 5.00 paid.
    assert.deepEqual(await told(1_000, '_as_recorded'), [989_700, 1_000_000, { USD: 889_700 }]);
    assert.deepEqual(await told(5_000, '_as_recorded'), [1_119_200, 1_070_000, { USD: 959_200 }]);
    assert.deepEqual(await told(6_000, '_as_recorded'), [1_139_200, 1_090_000, { USD: 979_200 }]);
    assert.deepEqual(await told(9_000, '_as_recorded'), [1_020_000, 1_000_000, { USD: 940_000 }]);
    const none = { income: 0, fx: 0, flow: 0 };
    assert.deepEqual(await attributed(500, 5_500), { ACME: 20_000, fees: 0, ...none, flow: 1_000_000 });
  });

  it('is marked at exit: long at the bid, short at the ask, also where a void turns one into the other', async () => {
    await begin('exit');
    story.quote('ACME', 49, 51);
    tell(0, 'cash', deposit('d1', 1_000_000));
    tell(1, 'settlements', fill('f1', 'buy', 30, 50));
    tell(2, 'settlements', fill('f2', 'sell', 10, 50));
    tick(1_000);
    story.quote('ACME', 59, 62);
    tick(2_000);
    const valued = async (offset: number, reading: Reading = ''): Promise<unknown[]> => {
      const [position] = await positions(offset, reading);
      const { total_equity } = (await at(offset, reading)) ?? {};
      return [
        position?.['quantity'],
        position?.['market_value'],
        position?.['unrealized_base'],
        total_equity,
      ];
    };
    tell(3_000, 'settlements', { id: 'v1', type: 'void', of: 'f1' });
    tick(4_000);
    await story.corrected();
    // 20 bought at 50, at the bid; without the purchase 10 sold short at 50, at the ask.
    assert.deepEqual(await valued(1_000, '_as_recorded'), [20, 98_000, -2_000, 998_000]);
    assert.deepEqual(await valued(2_000, '_as_recorded'), [20, 118_000, 18_000, 1_018_000]);
    assert.deepEqual(await valued(1_000), [-10, -51_000, -1_000, 999_000]);
    assert.deepEqual(await valued(2_000), [-10, -62_000, -12_000, 988_000]);
    assert.deepEqual(await valued(4_000), [-10, -62_000, -12_000, 988_000]);
    const none = { fees: 0, income: 0, fx: 0, flow: 0 };
    assert.deepEqual(await attributed(1_500, 2_500), { ACME: -11_000, ...none });
    assert.deepEqual(await attributed(1_500, 2_500, '_as_recorded'), { ACME: 20_000, ...none });
  });

  it('of an account in JPY with EUR goes over the pivot currency, in both readings', async () => {
    await begin('mid');
    story.price('SAP', 50);
    story.price('EURUSD', 1.1);
    story.price('USDJPY', 150);
    tell(0, 'accounts', { type: 'open', base_currency: 'JPY' });
    tell(1, 'cash', deposit('d1', 1_000_000));
    tell(2, 'settlements', fill('f1', 'buy', 10, 50, { symbol: 'SAP' }));
    tell(3, 'settlements', fill('f2', 'buy', 10, 60, { symbol: 'SAP' }));
    tick(1_000);
    story.price('SAP', 70);
    story.price('USDJPY', 160);
    tick(2_000);
    tell(2_500, 'settlements', fill('f3', 'sell', 5, 70, { symbol: 'SAP' }));
    tick(3_000);
    story.price('EURUSD', 1.2);
    tick(4_000);
    const base = async (offset: number, reading: Reading = ''): Promise<unknown[]> => {
      const [position] = await positions(offset, reading);
      const { total_equity, cash } = (await at(offset, reading)) ?? {};
      const { quantity, market_value_base, unrealized_base, realized_base } = position ?? {};
      return [quantity, market_value_base, unrealized_base, realized_base, total_equity, cash];
    };
    tell(5_000, 'settlements', { id: 'v1', type: 'void', of: 'f1' });
    tick(6_000);
    await story.corrected();
    // A EUR cent is 1.65 JPY, then 1.76, then 1.92. 20 @ 55: 100,000 cents of 110,000 paid.
    assert.deepEqual(await base(1_000, '_as_recorded'), [
      20,
      165_000,
      -16_500,
      0,
      983_500,
      { EUR: -110_000, JPY: 1_000_000 },
    ]);
    assert.deepEqual(await base(2_000, '_as_recorded'), [
      20,
      246_400,
      52_800,
      0,
      1_052_800,
      { EUR: -110_000, JPY: 1_000_000 },
    ]);
    // 5 sold at 70: 7,500 cents realized.
    assert.deepEqual(await base(3_000, '_as_recorded'), [
      15,
      184_800,
      39_600,
      13_200,
      1_052_800,
      { EUR: -75_000, JPY: 1_000_000 },
    ]);
    assert.deepEqual(await base(4_000, '_as_recorded'), [
      15,
      201_600,
      43_200,
      13_200,
      1_057_600,
      { EUR: -75_000, JPY: 1_000_000 },
    ]);
    // 10 @ 60, of which 5 were sold at 70: 5,000 cents realized.
    assert.deepEqual(await base(1_000), [10, 82_500, -16_500, 0, 983_500, { EUR: -60_000, JPY: 1_000_000 }]);
    assert.deepEqual(await base(2_000), [
      10,
      123_200,
      17_600,
      0,
      1_017_600,
      { EUR: -60_000, JPY: 1_000_000 },
    ]);
    assert.deepEqual(await base(4_000), [
      5,
      67_200,
      9_600,
      8_800,
      1_019_200,
      { EUR: -25_000, JPY: 1_000_000 },
    ]);
    assert.deepEqual(await base(6_000), [
      5,
      67_200,
      9_600,
      8_800,
      1_019_200,
      { EUR: -25_000, JPY: 1_000_000 },
    ]);
    const none = { fees: 0, income: 0, flow: 0 };
    // Of fx: 5,000 cents of cash and cost together, from 1.76 to 1.92.
    assert.deepEqual(await attributed(1_500, 4_500), { SAP: 34_900, ...none, fx: 800 });
    assert.deepEqual(await attributed(1_500, 4_500, '_as_recorded'), { SAP: 72_900, ...none, fx: 1_200 });
  });
});
