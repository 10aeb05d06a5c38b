/** What daily figures need beside the curve: accounts as configured, settings, flows in both readings. */
import assert from 'node:assert/strict';
import type { ClickHouseClient } from '@clickhouse/client';
import { settingsOf, writeSettings } from '../../src/analytics/settings.ts';
import { loadConfig } from '../../config/load.ts';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';

describe('accounts, settings and flows in SQL', function () {
  this.timeout(120_000);
  let store: AnalyticsStore;
  let client: ClickHouseClient;

  before(async () => {
    store = await startAnalyticsStore();
    client = store.client;
  });
  after(async () => {
    await store.stop();
  });

  let sequence = 0;
  const effects = (account_id: string, rows: readonly Record<string, unknown>[]): Promise<unknown> =>
    client.insert({
      table: 'effects',
      values: rows.map((row) => ({ account_id, sequence: ++sequence, ...row })),
      format: 'JSONEachRow',
    });
  const ask = async <T>(query: string): Promise<T[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<T>();
  const flows = (account: string, reading: '' | '_as_recorded'): Promise<unknown[]> =>
    ask(`SELECT toString(ts) AS ts, kind, amount FROM flows${reading}(account_id = '${account}',
      from = '2026-01-01', to = '2027-01-01') ORDER BY ts SETTINGS output_format_json_quote_64bit_integers = 0`);
  const days = async (account: string): Promise<unknown> =>
    (await ask(`SELECT * FROM account_days(account_id = '${account}')`))[0];

  it('shows an account as the last event of its life left it, once', async () => {
    const open = { name: 'A', base_currency: 'EUR', timezone: 'Asia/Tokyo', cutover: '06:30' };
    await effects('a', [
      { kind: 'open', ts: '2026-01-01 00:00:00', state: 'pending', detail: JSON.stringify(open) },
      { kind: 'deposit', ts: '2026-01-02 00:00:00', state: 'active.healthy', detail: '', flow_base: 1 },
    ]);
    const configured = { ...open, name: 'B', calendar: 'all', benchmark: 'SPY', account_type: 'margin' };
    await effects('a', [
      {
        kind: 'configure',
        ts: '2026-01-03 00:00:00',
        state: 'active.healthy',
        detail: JSON.stringify(configured),
      },
    ]);
    assert.deepEqual(await ask(`SELECT * FROM accounts WHERE account_id = 'a'`), [
      {
        account_id: 'a',
        name: 'B',
        base_currency: 'EUR',
        account_type: 'margin',
        benchmark: 'SPY',
        timezone: 'Asia/Tokyo',
        cutover: '06:30',
        calendar: 'all',
        state: 'active.healthy',
        ts: '2026-01-03 00:00:00.000',
      },
    ]);
    const tokyo = { timezone: 'Asia/Tokyo', cutover_minutes: 390, calendar: 'all', base_currency: 'EUR' };
    assert.deepEqual(await days('a'), tokyo);
  });

  it('takes the configuration for an account that nobody opened, and the defaults before there is one', async () => {
    const builtIn = {
      timezone: 'America/New_York',
      cutover_minutes: 1020,
      calendar: 'weekdays',
      base_currency: 'USD',
    };
    assert.deepEqual(await days('nobody'), builtIn);
    const env = { TIDEMARK_ACCOUNTS_CALENDAR: 'all', TIDEMARK_ACCOUNTS_CUTOVER: '08:05' };
    await writeSettings(store.target, settingsOf(loadConfig({ env })));
    assert.deepEqual(await days('nobody'), { ...builtIn, cutover_minutes: 485, calendar: 'all' });
    await writeSettings(store.target, settingsOf(loadConfig({ env: {} })));
    assert.deepEqual(await days('nobody'), builtIn);
    const rows = await ask<{ key: string; value: string }>('SELECT key, value FROM settings ORDER BY key');
    assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
    const value = Object.fromEntries(rows.map((row) => [row.key, row.value]));
    assert.equal(value['performance.min_returns'], '10');
    assert.equal(value['performance.min_days'], '14');
    assert.equal(value['performance.dust_minor'], '100');
    assert.equal(value['fx.pivot'], 'USD');
  });

  it('shows a flow when it was booked, or as corrected when it took effect', async () => {
    await effects('f', [
      {
        kind: 'deposit',
        id: 'd1',
        ts: '2026-01-05 15:00:00',
        amount: 1000,
        currency: 'USD',
        flow_base: 1000,
      },
      {
        kind: 'deposit',
        id: 'd2',
        ts: '2026-01-06 15:00:00',
        effective_at: '2026-01-02 10:00:00',
        amount: 500,
        currency: 'USD',
        flow_base: 500,
      },
      // In the future: now.
      {
        kind: 'withdrawal',
        id: 'w',
        ts: '2026-01-07 15:00:00',
        effective_at: '2026-12-02 10:00:00',
        amount: 200,
        currency: 'USD',
        flow_base: -200,
      },
      { kind: 'transfer', id: 't', ts: '2026-01-08 15:00:00', symbol: 'SPY', flow_base: 700 },
      { kind: 'conversion', id: 'c', ts: '2026-01-08 16:00:00', amount: 1, currency: 'USD', flow_base: 0 },
      { kind: 'fill', id: 'b', ts: '2026-01-08 17:00:00', symbol: 'SPY', flow_base: 0 },
    ]);
    assert.deepEqual(await flows('f', '_as_recorded'), [
      { ts: '2026-01-05 15:00:00.000', kind: 'deposit', amount: 1000 },
      { ts: '2026-01-06 15:00:00.000', kind: 'deposit', amount: 500 },
      { ts: '2026-01-07 15:00:00.000', kind: 'withdrawal', amount: -200 },
      { ts: '2026-01-08 15:00:00.000', kind: 'transfer', amount: 700 },
    ]);
    assert.deepEqual(await flows('f', ''), [
      { ts: '2026-01-02 10:00:00.000', kind: 'deposit', amount: 500 },
      { ts: '2026-01-05 15:00:00.000', kind: 'deposit', amount: 1000 },
      { ts: '2026-01-07 15:00:00.000', kind: 'withdrawal', amount: -200 },
      { ts: '2026-01-08 15:00:00.000', kind: 'transfer', amount: 700 },
    ]);
  });

  it('leaves a voided flow out as corrected, and shows its void as recorded', async () => {
    await effects('v', [
      { kind: 'deposit', id: 'x', ts: '2026-01-05 15:00:00', amount: 1000, currency: 'USD', flow_base: 1000 },
      { kind: 'transfer', id: 'x', ts: '2026-01-05 16:00:00', symbol: 'SPY', flow_base: 50 },
      {
        kind: 'void',
        id: 'y',
        ts: '2026-01-06 15:00:00',
        flow_base: -1000,
        detail: 'x',
        subject: 'cash.v',
      },
    ]);
    assert.deepEqual(await flows('v', ''), [{ ts: '2026-01-05 16:00:00.000', kind: 'transfer', amount: 50 }]);
    assert.deepEqual(await flows('v', '_as_recorded'), [
      { ts: '2026-01-05 15:00:00.000', kind: 'deposit', amount: 1000 },
      { ts: '2026-01-05 16:00:00.000', kind: 'transfer', amount: 50 },
      { ts: '2026-01-06 15:00:00.000', kind: 'void', amount: -1000 },
    ]);
  });

  it('shows a flow without a rate when the rate has come, and not if it was voided', async () => {
    const pending = { kind: 'deposit', ts: '2026-01-05 15:00:00', currency: 'EUR', flow_base: null };
    await effects('l', [
      { ...pending, id: 'p', amount: 100 },
      { ...pending, id: 'q', amount: 300 },
      { kind: 'booked', ts: '2026-01-05 15:00:09', currency: 'EUR', amount: 100, flow_base: 110 },
      { kind: 'booked', ts: '2026-01-05 15:00:09', currency: 'EUR', amount: 300, flow_base: 330 },
      {
        kind: 'void',
        id: 'r',
        ts: '2026-01-06 15:00:00',
        flow_base: -109,
        detail: 'p',
        subject: 'cash.l',
        currency: 'EUR',
      },
    ]);
    assert.deepEqual(await flows('l', ''), [{ ts: '2026-01-05 15:00:09.000', kind: 'booked', amount: 330 }]);
    assert.equal((await flows('l', '_as_recorded')).length, 3);
  });
});
