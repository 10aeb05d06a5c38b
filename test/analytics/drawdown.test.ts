/** drawdown and drawdown_episodes by real SQL: known curves, and random ones against a naive computation. */
import assert from 'node:assert/strict';
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import fc from 'fast-check';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';
import { curveRows, naiveEpisodes, type CurveRow, type Episode, type TickOfNav } from './naive-drawdown.ts';

const start = Date.UTC(2026, 0, 1);

describe('drawdown by SQL', function () {
  this.timeout(120_000);
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

  const insert = async (rows: readonly object[]): Promise<string> => {
    const account_id = `a${++accounts}`;
    const values = rows.map((row) => ({ account_id, total_equity: 0, ...row }));
    await client.insert({ table: 'equity_curve', values, format: 'JSONEachRow' });
    return account_id;
  };
  /** nav by day, from 1 January on. */
  const daily = (navs: readonly number[]): Promise<string> =>
    insert(navs.map((nav, day) => ({ ts: start + day * 86_400_000, nav })));
  const ask = async <T>(query: string): Promise<T[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<T>();
  const episodes = async (
    account: string,
    depth: number | string = 0,
    from = '2026-01-01',
    to = '2027-01-01',
  ) => {
    const view = `drawdown_episodes(account_id = '${account}', from = '${from}', to = '${to}', min_depth = ${depth})`;
    return ask<Episode>(`SELECT * REPLACE (toUnixTimestamp64Milli(peak_ts) AS peak_ts,
      toUnixTimestamp64Milli(trough_ts) AS trough_ts, toUnixTimestamp64Milli(recovery_ts) AS recovery_ts) FROM ${view}
      SETTINGS output_format_json_quote_64bit_integers = 0`);
  };
  const day = (n: number): number => start + (n - 1) * 86_400_000;

  it('1000, 500, 10000 is a fall of 50 %', async () => {
    assert.deepEqual(await episodes(await daily([1000, 500, 10000])), [
      {
        peak_ts: day(1),
        trough_ts: day(2),
        recovery_ts: day(3),
        depth: -0.5,
        decline_seconds: 86_400,
        recovery_seconds: 86_400,
        length_seconds: 172_800,
      },
    ]);
  });

  it('takes equality with the peak for recovery, and the last of equal peaks for the next beginning', async () => {
    const found = await episodes(await daily([100, 90, 100, 100, 80]));
    assert.deepEqual(
      found.map(({ peak_ts, trough_ts, recovery_ts, depth }) => [
        peak_ts,
        trough_ts,
        recovery_ts,
        depth.toFixed(2),
      ]),
      [
        [day(4), day(5), null, '-0.20'],
        [day(1), day(2), day(3), '-0.10'],
      ],
    );
    assert.equal(found[0]?.recovery_seconds, null);
    assert.equal(found[0].length_seconds, 86_400);
  });

  it('takes the first of equal troughs', async () => {
    const [episode] = await episodes(await daily([100, 50, 60, 50, 100]));
    assert.equal(episode?.trough_ts, day(2));
  });

  it('finds none in a curve that only rises, in one row, and in none', async () => {
    assert.deepEqual(await episodes(await daily([1, 1, 2, 3])), []);
    assert.deepEqual(await episodes(await daily([1])), []);
    assert.deepEqual(await episodes('nobody'), []);
  });

  it('takes min_depth of either sign, the bound included', async () => {
    const account = await daily([100, 90, 100, 50, 100, 99]);
    const depths = async (min: number | string): Promise<number[]> =>
      (await episodes(account, min)).map((e) => e.depth);
    assert.equal((await depths(0)).length, 3);
    for (const min of [0.1, -0.1, "'0.1'", "'-0.1'"])
      assert.equal((await depths(min)).length, 2, String(min));
    assert.deepEqual(await depths(0.5), [-0.5]);
    assert.deepEqual(await depths(-0.51), []);
  });

  it('measures each epoch by itself', async () => {
    const account = await insert([
      { ts: day(1), nav: 1, epoch: 1 },
      { ts: day(2), nav: 0, epoch: 1 },
      { ts: day(3), nav: 1, epoch: 2 },
      { ts: day(4), nav: 0.75, epoch: 2 },
      { ts: day(5), nav: 1.5, epoch: 2 },
    ]);
    assert.deepEqual(
      (await episodes(account)).map(({ depth, recovery_ts }) => [depth, recovery_ts]),
      [
        [-1, null],
        [-0.25, day(5)],
      ],
    );
  });

  it('takes the peak within the range asked for, from inclusive, to exclusive', async () => {
    const account = await daily([100, 50, 45, 60]);
    assert.deepEqual(
      (await episodes(account, 0, '2026-01-02', '2026-01-05')).map((e) => [e.peak_ts, e.depth.toFixed(2)]),
      [[day(2), '-0.10']],
    );
    assert.deepEqual((await episodes(account, 0, '2026-01-01', '2026-01-02 00:00:00')).length, 0);
    assert.equal((await episodes(account, 0, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00.001Z')).length, 1);
  });

  it('shows every row with the peak it is measured from', async () => {
    const account = await insert([
      { ts: day(1), nav: 1, nav_high: 2, nav_low: 1 },
      { ts: day(2), nav: 1.5 },
      { ts: day(3), nav: 4 },
      { ts: day(4), nav: null },
      { ts: day(5), nav: 1, epoch: 2 },
    ]);
    const view = `drawdown(account_id = '${account}', from = '2026-01-01', to = '2027-01-01')`;
    const rows = await ask(`SELECT toDayOfMonth(ts) AS d, nav, peak_nav, drawdown FROM ${view}`);
    assert.deepEqual(rows, [
      { d: 1, nav: 1, peak_nav: 2, drawdown: -0.5 },
      { d: 2, nav: 1.5, peak_nav: 2, drawdown: -0.25 },
      { d: 3, nav: 4, peak_nav: 4, drawdown: 0 },
      { d: 5, nav: 1, peak_nav: 1, drawdown: 0 },
    ]);
    const columns = await ask<{ name: string }>(`DESCRIBE (SELECT * FROM ${view})`);
    assert.deepEqual(
      columns.map((column) => column.name),
      ['ts', 'nav', 'peak_nav', 'drawdown'],
    );
  });

  it('names its columns as the contract does, from another database too', async () => {
    const view = `tidemark.drawdown_episodes(account_id = '7', from = '2026-01-01', to = '2027-01-01', min_depth = 0)`;
    const { url, user, password } = store.target;
    const elsewhere = createClient({ url, username: user, password });
    const result = await elsewhere.query({
      query: `DESCRIBE (SELECT * FROM ${view})`,
      format: 'JSONEachRow',
    });
    const columns = await result.json<{ name: string; type: string }>();
    await elsewhere.close();
    assert.deepEqual(
      columns.map((column) => [column.name, column.type]),
      [
        ['peak_ts', "DateTime64(3, 'UTC')"],
        ['trough_ts', "DateTime64(3, 'UTC')"],
        ['recovery_ts', "Nullable(DateTime64(3, 'UTC'))"],
        ['depth', 'Float64'],
        ['decline_seconds', 'Float64'],
        ['recovery_seconds', 'Nullable(Float64)'],
        ['length_seconds', 'Float64'],
      ],
    );
  });

  // A question costs as much for twenty curves as for one: each has a day and epochs of its own in one account.
  const curvesAtOnce = { minLength: 20, maxLength: 20 };
  const dayOf = (curve: number): number => start + curve * 86_400_000;
  const withOwnEpochs = (rows: readonly CurveRow[], curve: number): CurveRow[] =>
    rows.map((row) => ({ ...row, epoch: row.epoch + curve * 1000 }));

  it('agrees with a naive computation on random curves', async () => {
    const ticks = fc.array(
      fc.record({ nav: fc.integer({ min: 0, max: 12 }), newEpoch: fc.nat({ max: 19 }).map((n) => n === 0) }),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(ticks, curvesAtOnce), async (paths) => {
        const rows = paths.flatMap((path, curve) => withOwnEpochs(curveRows(path, 1, dayOf(curve)), curve));
        const expected = paths
          .flatMap((path, curve) => naiveEpisodes(path, 1, dayOf(curve)))
          .sort((a, b) => a.depth - b.depth || a.peak_ts - b.peak_ts);
        assert.deepEqual(await episodes(await insert(rows)), expected);
      }),
      { numRuns: 4 },
    );
  });

  it('agrees with the deepest fall of all ticks when a row holds many of them', async () => {
    const ticks = fc.array(
      fc.record({ nav: fc.integer({ min: 1, max: 40 }), newEpoch: fc.constant(false) }),
      {
        minLength: 1,
        maxLength: 120,
      },
    );
    const curves = fc.array(fc.tuple(ticks, fc.integer({ min: 2, max: 12 })), curvesAtOnce);
    await fc.assert(
      fc.asyncProperty(curves, async (drawn: [TickOfNav[], number][]) => {
        const rows = drawn.flatMap(([path, perRow], curve) =>
          withOwnEpochs(curveRows(path, perRow, dayOf(curve)), curve),
        );
        const found = await episodes(await insert(rows));
        for (const [curve, [path]] of drawn.entries()) {
          const deepest = naiveEpisodes(path, 1, dayOf(curve))[0]?.depth ?? 0;
          const own = found.find(
            ({ peak_ts }) => peak_ts >= dayOf(curve) && peak_ts < dayOf(curve + 1),
          )?.depth;
          assert.ok(Math.abs((own ?? 0) - deepest) < 1e-12, `${own} instead of ${deepest}`);
        }
      }),
      { numRuns: 4 },
    );
  });
});
