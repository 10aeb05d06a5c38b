/** Views over a curve against what a loop over its rows says: falls of long ranges, rolling falls, charts, standings. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startCurveBench, type CurveBench } from './curve-bench.ts';
import { fallsOf, rollingFalls, type Point } from './naive-falls.ts';

const start = Date.UTC(2026, 0, 1);
const range = `from = '2026-01-01', to = '2027-01-01'`;

describe('history views', function () {
  this.timeout(240_000);
  let bench: CurveBench;

  before(async () => {
    bench = await startCurveBench();
  });
  after(() => bench.stop());

  const view = (name: string, account: string, more = ''): string =>
    `${name}(account_id = '${account}', ${range}${more})`;
  const point = (second: number, nav: number): Point => ({ ts: start + second * 1000, nav });
  const inserted = (points: readonly Point[]): Promise<string> =>
    bench.insert(points.map(({ ts, nav }) => ({ ts, nav, total_equity: Math.round(nav * 1000) })));

  describe('of a range of more rows than are read one by one', () => {
    const rows = 230_000;
    let points: Point[];

    before(async () => {
      // A row every 20 s for 53 days, in two inserts of which the second comes first; a walk with a seed of its own.
      const walk = (from: number, to: number): Promise<unknown> =>
        bench.client.command({
          query: `INSERT INTO equity_curve (account_id, ts, total_equity, nav)
            SELECT 'long', ts, toInt64(nav * 1000000), nav FROM (
              SELECT number, toDateTime64('2026-01-01 00:00:07', 3, 'UTC') + number * 20 AS ts,
                exp(sum((cityHash64(number) % 2001 - 1000.) / 1000000) OVER (ORDER BY number)) AS nav
              FROM numbers(${rows}))
            WHERE number >= ${from} AND number < ${to} SETTINGS async_insert = 0`,
        });
      await walk(100_000, rows);
      await walk(0, 100_000);
      points = await bench.ask<Point>(
        `SELECT ts, nav FROM equity_curve WHERE account_id = 'long' ORDER BY ts`,
      );
      assert.equal(points.length, rows);
    });

    for (const reading of ['', '_as_recorded']) {
      for (const depth of [0, 0.005, 0.05]) {
        it(`drawdown_episodes${reading} of ${depth} and more are those of the rows`, async () => {
          const found = await bench.ask<object>(
            `SELECT peak_ts, trough_ts, recovery_ts, depth FROM ${view(`drawdown_episodes${reading}`, 'long', `, min_depth = ${depth}`)}`,
          );
          const expected = fallsOf(points).filter((fall) => fall.depth <= 1e-12 - depth);
          assert.ok(expected.length > 0);
          assert.deepEqual(found, expected);
        });
      }
    }

    it('drawdown_episodes are those of the rows where the range begins and ends within an hour', async () => {
      const [from, to] = [start + 3_700_000, start + 52 * 86_400_000 + 1_234_000];
      const found = await bench.ask<object>(
        `SELECT peak_ts, trough_ts, recovery_ts, depth FROM drawdown_episodes(account_id = 'long',
          from = '${new Date(from).toISOString()}', to = '${new Date(to).toISOString()}', min_depth = 0.01)`,
      );
      const within = points.filter(({ ts }) => ts >= from && ts < to);
      assert.deepEqual(
        found,
        fallsOf(within).filter((fall) => fall.depth <= -0.01),
      );
    });

    it('drawdown_episodes of a busy half day are those of its rows', async () => {
      const seconds = 43_200;
      await bench.client.command({
        query: `INSERT INTO equity_curve (account_id, ts, nav)
          SELECT 'busy', toDateTime64('2026-02-01 00:20:00', 3, 'UTC') + number,
            round(1 + sin(number / 5000) / 10 + cityHash64(number) % 100 / 10000, 4)
          FROM numbers(${seconds}) SETTINGS async_insert = 0`,
      });
      const rows = await bench.ask<Point>(
        `SELECT ts, nav FROM equity_curve WHERE account_id = 'busy' ORDER BY ts`,
      );
      assert.equal(rows.length, seconds);
      const found = await bench.ask<object>(
        `SELECT peak_ts, trough_ts, recovery_ts, depth FROM ${view('drawdown_episodes', 'busy', ', min_depth = 0')}`,
      );
      assert.deepEqual(found, fallsOf(rows));
    });

    it('drawdown has the same figures at the same times', async () => {
      const found = await bench.ask<{ ts: number; nav: number; peak_nav: number }>(
        `SELECT ts, nav, peak_nav FROM ${view('drawdown', 'long')}`,
      );
      assert.ok(found.length < 3000);
      const expected = new Map<number, object>();
      let peak_nav = 0;
      for (const { ts, nav } of points) {
        peak_nav = Math.max(peak_nav, nav);
        expected.set(ts, { ts, nav, peak_nav });
      }
      for (const row of found) assert.deepEqual(row, expected.get(row.ts));
      assert.equal(found.at(-1)?.ts, points.at(-1)?.ts);
    });

    it('equity_history keeps the highest, the lowest, the first and the last row', async () => {
      const found = await bench.ask<Point>(
        `SELECT ts, nav FROM ${view('equity_history', 'long', ', points = 200')}`,
      );
      assert.ok(found.length <= 200 && found.length > 150, String(found.length));
      assertKept(found, points);
    });
  });

  function assertKept(found: readonly Point[], points: readonly Point[]): void {
    const byTime = new Map(points.map((each) => [each.ts, each]));
    for (const row of found) assert.deepEqual(row, byTime.get(row.ts));
    const highest = (rows: readonly Point[]): number =>
      rows.reduce((best, row) => Math.max(best, row.nav), -Infinity);
    const lowest = (rows: readonly Point[]): number =>
      rows.reduce((best, row) => Math.min(best, row.nav), Infinity);
    assert.deepEqual([found[0]?.ts, found.at(-1)?.ts], [points[0]?.ts, points.at(-1)?.ts]);
    assert.deepEqual([highest(found), lowest(found)], [highest(points), lowest(points)]);
  }

  const curves = fc
    .array(fc.record({ gap: fc.integer({ min: 1, max: 40 }), nav: fc.integer({ min: 1, max: 30 }) }), {
      minLength: 1,
      maxLength: 50,
    })
    .map((steps) => {
      let second = 0;
      return steps.map(({ gap, nav }) => point((second += gap), nav));
    });

  it('rolling_drawdown is the worst fall between two rows of each window', async () => {
    await fc.assert(
      fc.asyncProperty(curves, fc.integer({ min: 1, max: 200 }), async (points, seconds) => {
        const found = await bench.ask<{ ts: number; drawdown: number }>(
          `SELECT ts, drawdown FROM ${view('rolling_drawdown', await inserted(points), `, window_seconds = ${seconds}`)}`,
        );
        assert.deepEqual(found, rollingFalls(points, seconds * 1000));
      }),
      { numRuns: 25 },
    );
  });

  it('equity_history never has more than its points, and keeps what matters from four on', async () => {
    await fc.assert(
      fc.asyncProperty(curves, fc.integer({ min: 1, max: 60 }), async (points, most) => {
        const found = await bench.ask<Point>(
          `SELECT ts, nav FROM ${view('equity_history', await inserted(points), `, points = ${most}`)}`,
        );
        assert.ok(found.length <= most);
        if (most >= 4) assertKept(found, points);
      }),
      { numRuns: 25 },
    );
  });

  it('recovery says how far it is to the peak, and since when', async () => {
    const day = 86_400;
    const account = await inserted([
      point(0, 1),
      point(day, 2),
      point(2 * day, 2),
      point(40 * day, 1.25),
      point(41 * day, 1.6),
      point(50 * day, 4),
    ]);
    const at = (second: number): Promise<object[]> =>
      bench.ask(`SELECT nav, peak_nav, peak_ts, drawdown, gain_needed, under_water_since, days_under_water
        FROM recovery(account_id = '${account}', at = '${new Date(start + second * 1000).toISOString()}')`);
    const peak = { peak_nav: 2, peak_ts: start + 2 * day * 1000 };
    assert.deepEqual(await at(42 * day), [
      {
        nav: 1.6,
        ...peak,
        drawdown: 1.6 / 2 - 1,
        gain_needed: 2 / 1.6 - 1,
        under_water_since: peak.peak_ts,
        days_under_water: 40,
      },
    ]);
    assert.deepEqual(await at(2 * day), [
      { nav: 2, ...peak, drawdown: 0, gain_needed: 0, under_water_since: null, days_under_water: 0 },
    ]);
    assert.deepEqual(await at(-1), []);
  });

  it('leaderboard orders accounts by their newest rows, and says by what it can', async () => {
    const board = await startBoard();
    const names = async (order: string, limit = 10): Promise<string[]> =>
      (
        await bench.ask<{ account_id: string }>(
          `SELECT account_id FROM leaderboard(order_by = '${order}', limit = ${limit}) WHERE account_id LIKE 'board-%'`,
        )
      ).map((row) => row.account_id);
    assert.deepEqual(await names('equity', 1000), ['board-rich', 'board-fallen', 'board-small']);
    assert.deepEqual(await names('drawdown', 1000), ['board-fallen', 'board-small', 'board-rich']);
    assert.deepEqual(await names('day_change', 1000), ['board-small', 'board-rich', 'board-fallen']);
    assert.deepEqual(board, [{ day_change: -300, day_change_percent: -30, drawdown: 0.7 / 1 - 1 }]);
    await assert.rejects(
      names('name'),
      /order_by is one of equity, nav, day_change, day_change_percent, drawdown/,
    );
  });

  /** Three accounts; answers the figures of one whose curve says nothing of its own. */
  async function startBoard(): Promise<object[]> {
    const row = (days: number, total_equity: number, more: object = {}): object => ({
      ts: start + days * 86_400_000,
      total_equity,
      nav: total_equity / 1000,
      ...more,
    });
    const own = { day_open_nav: 1, day_open_equity: 8000, day_change: 5, drawdown: -0.01 };
    await bench.insert([row(0, 8000), row(1, 9000, own)], 'board-rich');
    await bench.insert([row(0, 1000), row(3, 700)], 'board-fallen');
    await bench.insert([row(0, 100), row(1, 80), row(2, 95)], 'board-small');
    return bench.ask(`SELECT day_change, day_change_percent, drawdown FROM leaderboard(order_by = 'equity', limit = 1000)
      WHERE account_id = 'board-fallen'`);
  }

  it('take an account id for a value, whatever is in it', async () => {
    const account = await inserted([point(0, 1), point(60, 2), point(120, 1)]);
    for (const hostile of [`${account}' OR 1 = 1 --`, `') UNION ALL SELECT 1 --`, `${account}"`, `\\'`]) {
      for (const name of ['drawdown', 'curve', 'curve_1h', 'curve_1d_as_recorded'])
        assert.deepEqual(
          await bench.ask(`SELECT * FROM ${name}(account_id = {account:String}, ${range})`, {
            account: hostile,
          }),
          [],
        );
      const queries = [
        `SELECT * FROM equity_history(account_id = {account:String}, ${range}, points = 10)`,
        `SELECT * FROM drawdown_episodes(account_id = {account:String}, ${range}, min_depth = 0)`,
        `SELECT * FROM rolling_drawdown(account_id = {account:String}, ${range}, window_seconds = 60)`,
        `SELECT * FROM recovery(account_id = {account:String}, at = '2027-01-01')`,
      ];
      for (const query of queries) assert.deepEqual(await bench.ask(query, { account: hostile }), [], query);
    }
  });
});
