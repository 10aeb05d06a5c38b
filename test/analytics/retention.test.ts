/** What has expired goes, coarser rollups stay and still answer; the schema's owner changes a TTL only if it differs. */
import assert from 'node:assert/strict';
import { loadConfig } from '../../config/load.ts';
import { applyRetention, type Retention } from '../../src/analytics/retention.ts';
import { startCurveBench, type CurveBench } from './curve-bench.ts';

const forever: Retention = { rows: 'forever', minutes: 'forever', hours: 'forever', days: 'forever' };

describe('retention of the curve', function () {
  this.timeout(120_000);
  let bench: CurveBench;

  before(async () => {
    bench = await startCurveBench();
  });
  after(() => bench.stop());

  const count = async (table: string, account: string): Promise<number> =>
    (await bench.ask<{ n: number }>(`SELECT count() AS n FROM ${table} WHERE account_id = '${account}'`))[0]
      ?.n ?? -1;

  it('is changed where it differs, and only there', async () => {
    assert.deepEqual(await applyRetention(bench.target, forever), []);
    const shorter = { ...forever, rows: '90d', minutes: '730d' };
    assert.deepEqual(await applyRetention(bench.target, shorter), [
      'equity_curve',
      'curve_corrections',
      'equity_1m_states',
    ]);
    assert.deepEqual(await applyRetention(bench.target, shorter), []);
    assert.deepEqual(await applyRetention(bench.target, { ...shorter, minutes: 'forever' }), [
      'equity_1m_states',
    ]);
    assert.equal((await applyRetention(bench.target, forever)).length, 2);
  });

  it('takes rows, then minutes, and leaves what views answer from', async () => {
    const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    const old = today - 200 * 86_400_000;
    const navs = [100, 60, 80, 100, 120, 90];
    const account = await bench.insert([
      ...navs.map((nav, at) => ({ ts: old + at * 3_600_000, nav, total_equity: nav * 100 })),
      { ts: today, nav: 110, total_equity: 11_000 },
    ]);
    const from = new Date(old).toISOString();
    const to = new Date(today + 86_400_000).toISOString();
    const episodes = (): Promise<object[]> =>
      bench.ask(`SELECT peak_ts, trough_ts, recovery_ts, depth
        FROM drawdown_episodes(account_id = '${account}', from = '${from}', to = '${to}', min_depth = 0.05)`);
    const chart = (): Promise<object[]> =>
      bench.ask(
        `SELECT ts, total_equity, nav FROM equity_history(account_id = '${account}', from = '${from}', to = '${to}', points = 50)`,
      );
    const [before, chartBefore] = [await episodes(), await chart()];
    assert.equal(before.length, 2);
    assert.equal(chartBefore.length, 7);

    await applyRetention(bench.target, { ...forever, rows: '90d' });
    await bench.client.command({ query: 'OPTIMIZE TABLE equity_curve FINAL' });
    assert.deepEqual([await count('equity_curve', account), await count('equity_1m', account)], [1, 7]);
    assert.deepEqual(await episodes(), before);
    assert.deepEqual(await chart(), chartBefore);

    await applyRetention(bench.target, { ...forever, rows: '90d', minutes: '100d' });
    await bench.client.command({ query: 'OPTIMIZE TABLE equity_1m_states FINAL' });
    assert.deepEqual([await count('equity_1m', account), await count('equity_1h', account)], [1, 7]);
    assert.deepEqual(await episodes(), before);
    assert.deepEqual(await chart(), chartBefore);
    assert.equal(await count('equity_1d', account), 2);
  });

  it('refuses a rollup that would go before what it stands for', () => {
    const env = {
      TIDEMARK_RETENTION_ROWS: '90d',
      TIDEMARK_RETENTION_MINUTES: '30d',
      TIDEMARK_RETENTION_HOURS: '1h',
    };
    assert.throws(
      () => loadConfig({ env }),
      (error) => {
        assert.ok(error instanceof Error);
        assert.match(
          error.message,
          /retention\.minutes: "30d" is not allowed; allowed: as long as retention\.rows or longer/,
        );
        assert.match(
          error.message,
          /retention\.hours: "1h" is not allowed; allowed: a period of a day or more such as 90d, or forever/,
        );
        return true;
      },
    );
  });
});
