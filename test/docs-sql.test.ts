/** docs/sql.md teaches by examples that run. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { startAnalyticsStore, type AnalyticsStore } from './support/analytics-store.ts';

const text = readFileSync(new URL('../docs/sql.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, example = '']) => example.trim());

describe('the examples of docs/sql.md', function () {
  this.timeout(60_000);
  let store: AnalyticsStore;
  let client: ClickHouseClient;

  before(async () => {
    store = await startAnalyticsStore();
    client = store.client;
    const values = [100_000, 110_000, 99_000].map((total_equity, hour) => ({
      account_id: '10',
      ts: `2026-03-02 ${String(15 + hour)}:00:00.000`,
      session_date: '2026-03-02',
      total_equity,
      nav: total_equity / 100_000,
    }));
    await client.insert({ table: 'equity_curve', values, format: 'JSONEachRow' });
  });
  after(async () => {
    await store.stop();
  });

  it('are there', () => {
    assert.ok(examples.length >= 15, String(examples.length));
  });

  for (const example of examples) {
    const view = /\b(\w+)\(account_id|\bFROM (\w+)/.exec(example);
    it(`runs: ${view?.[1] ?? view?.[2] ?? ''}`, async () => {
      const { stream } = await client.exec({ query: example });
      let answer = '';
      for await (const chunk of stream) answer += String(chunk);
      assert.doesNotMatch(answer, /DB::Exception/);
    });
  }
});
