/** Rollups hold what their rows say, in whatever order these came; and each reading of history has its own. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { connectClickHouse } from '../../streams/sinks/clickhouse.ts';
import { startCurveBench, type CurveBench } from './curve-bench.ts';
import { naiveRollup, type Bucket, type Level, type RollupRow } from './naive-rollup.ts';

const start = Date.UTC(2026, 2, 7, 20);
const levels: readonly Level[] = ['1m', '1h', '1d'];
const hourMs = 3_600_000;

/** The session day of New York around the change of its clocks on 2026-03-08: it ends at 22:00Z, then at 21:00Z. */
function sessionDate(ts: number): string {
  const cutover = ts < Date.UTC(2026, 2, 8, 7) ? 22 : 21;
  return new Date(ts + (24 - cutover) * hourMs).toISOString().slice(0, 10);
}

const rowOf = (at: {
  second: number;
  tick: number;
  nav: number | null;
  spread: number;
  epoch: number;
  rebase?: number;
}): RollupRow => ({
  ts: start + at.second * 1000,
  tick: at.tick,
  session_date: sessionDate(start + at.second * 1000),
  epoch: at.epoch,
  total_equity: (at.nav ?? 0) * 100,
  cash_balance: at.second,
  nav: at.nav,
  nav_low: at.nav === null ? null : at.nav - at.spread,
  nav_high: at.nav === null ? null : at.nav + at.spread,
  worst_drawdown: at.spread === 0 ? null : -at.spread / 10,
  rebase: at.rebase ?? 0,
});

describe('rollups', function () {
  this.timeout(180_000);
  let bench: CurveBench;

  before(async () => {
    bench = await startCurveBench();
  });
  after(() => bench.stop());

  const columns = Object.keys(
    naiveRollup([rowOf({ second: 0, tick: 0, nav: 1, spread: 0, epoch: 1 })], '1m')[0] ?? {},
  );
  const wideRange = (account: string): string =>
    `(account_id = '${account}', from = '2026-01-01', to = '2027-01-01')`;
  const compared = (buckets: readonly Bucket[]): Bucket[] =>
    buckets.map((bucket) =>
      bucket.high_nav === null ? { ...bucket, high_nav_ts: -1, low_nav_ts: -1 } : bucket,
    );

  async function assertRollups(
    account: string,
    rows: readonly RollupRow[],
    reading: '' | '_as_recorded',
  ): Promise<void> {
    for (const level of levels) {
      const found = await bench.ask<Bucket>(
        `SELECT ${columns.join(', ')} FROM curve_${level}${reading}${wideRange(account)} ORDER BY ts, epoch`,
      );
      assert.deepEqual(compared(found), naiveRollup(rows, level), `curve_${level}${reading}`);
    }
  }

  const paths = fc.uniqueArray(
    fc.record({
      second: fc.integer({ min: 0, max: 100_000 }).map((second) => second - (second % 7)),
      tick: fc.nat({ max: 2 }),
      nav: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 8 }),
      spread: fc.nat({ max: 2 }),
      epoch: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 1, maxLength: 60, selector: (row) => `${row.second}/${row.tick}` },
  );

  it('say the same as the rows, over several inserts in any order, epochs and sessions', async () => {
    await fc.assert(
      fc.asyncProperty(paths, fc.integer({ min: 1, max: 4 }), async (path, inserts) => {
        const rows = path.map(rowOf);
        const account = bench.nextAccount();
        for (let part = 0; part < inserts; part++) {
          const own = rows.filter((_, at) => at % inserts === part);
          if (own.length > 0) await bench.insert(own, account);
        }
        await assertRollups(account, rows, '_as_recorded');
        await assertRollups(account, rows, '');
        for (const level of levels) {
          const found = await bench.ask<Bucket>(
            `SELECT ${columns.join(', ')} FROM equity_${level} WHERE account_id = '${account}' ORDER BY ts, epoch`,
          );
          assert.deepEqual(compared(found), naiveRollup(rows, level));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('say the same when their parts have been merged', async () => {
    const rows = [5, 1, 9, 3].map((second) => rowOf({ second, tick: 0, nav: second, spread: 1, epoch: 1 }));
    const account = bench.nextAccount();
    for (const row of rows) await bench.insert([row], account);
    for (const level of levels)
      await bench.client.command({ query: `OPTIMIZE TABLE equity_${level}_states FINAL` });
    await assertRollups(account, rows, '');
  });

  it('count a frame once that is inserted twice', async () => {
    const sink = connectClickHouse(bench.target);
    const body = new TextEncoder().encode(
      `["twice", ${start}, 100, 1.5]\n["twice", ${start + 1000}, 200, 2.5]\n`,
    );
    const frame = {
      name: '1:0:7:0',
      table: 'equity_curve',
      columns: ['account_id', 'ts', 'total_equity', 'nav'],
      body,
    };
    await sink.insert(frame);
    await sink.insert(frame);
    await sink.close();
    for (const level of levels)
      assert.deepEqual(
        await bench.ask(`SELECT rows, high_nav FROM equity_${level} WHERE account_id = 'twice'`),
        [{ rows: 2, high_nav: 2.5 }],
      );
  });

  it('are filled with what is there when they are made', async () => {
    const rows = [0, 30, 3600, 90_000].map((second) =>
      rowOf({ second, tick: 1, nav: 3, spread: 1, epoch: 1 }),
    );
    const account = await bench.insert(rows);
    for (const level of levels)
      await bench.client.command({ query: `TRUNCATE TABLE equity_${level}_states` });
    const { readSqlFiles, migrationsDirectory } = await import('../../src/analytics/sql-files.ts');
    const files = await readSqlFiles(migrationsDirectory);
    const file = files.find((each) => each.name === '004-rollups');
    // Twice: a migration that was interrupted is applied again.
    for (const query of [...(file?.statements ?? []), ...(file?.statements ?? [])])
      await bench.client.command({ query });
    await assertRollups(account, rows, '');
  });

  describe('of a corrected history', () => {
    /** Every 25 minutes over three session days. */
    const seconds = Array.from({ length: 160 }, (_, at) => at * 1500);
    const recorded = (from: number, to: number, rebase: number, nav: number): RollupRow[] =>
      seconds
        .filter((second) => second >= from && second < to)
        .map((second) => rowOf({ second, tick: 0, nav: nav + (second % 7), spread: 1, epoch: 1, rebase }));
    const inRange = (rows: readonly RollupRow[], from: number, to: number): RollupRow[] =>
      rows.filter((row) => row.ts >= start + from * 1000 && row.ts < start + to * 1000);
    const h = 3600;

    it('are of the newest rebase that reaches back so far, and the recorded ones stay', async () => {
      // Sessions begin at 22:00Z on the 7th (2 h after the start) and at 21:00Z on the 8th (25 h) and 9th (49 h).
      const end = 240_000;
      // Rebase 50 at 30 h reaches back to the session of 2 h; rebase 90 at 52 h to that of 25 h.
      const asRecorded = [
        ...recorded(0, 30 * h, 0, 10),
        ...recorded(30 * h, 52 * h, 50, 20),
        ...recorded(52 * h, end, 90, 30),
      ];
      const account = await bench.insert(asRecorded);
      const first = recorded(2 * h, 30 * h, 50, 40);
      const second = recorded(25 * h, 52 * h, 90, 50);
      await bench.insert([...first, ...second], account, 'curve_corrections');
      const correction = (rebase: number, from: number, to: number): Promise<void> =>
        bench.client
          .insert({
            table: 'corrections',
            values: [
              {
                account_id: account,
                rebase,
                of: rebase - 1,
                from_ts: start + from * h * 1000,
                to_ts: start + to * h * 1000,
              },
            ],
            format: 'JSONEachRow',
          })
          .then(() => undefined);
      const curve = async (reading: string): Promise<object[]> => {
        const rows = await bench.ask<object>(
          `SELECT ts, nav FROM curve${reading}${wideRange(account)} ORDER BY ts`,
        );
        // Views that read rows themselves, for the sake of speed, see the same history.
        const chart = wideRange(account).replace(')', ', points = 1000)');
        for (const view of [`drawdown${reading}${wideRange(account)}`, `equity_history${reading}${chart}`])
          assert.deepEqual(await bench.ask(`SELECT ts, nav FROM ${view}`), rows, view);
        return rows;
      };
      const plain = (rows: readonly RollupRow[]): object[] => rows.map(({ ts, nav }) => ({ ts, nav }));

      // Not visible yet: what was recorded is all there is.
      assert.deepEqual(await curve(''), plain(asRecorded));
      await assertRollups(account, asRecorded, '');

      await correction(50, 2, 30);
      const afterFirst = [...inRange(asRecorded, 0, 2 * h), ...first, ...inRange(asRecorded, 30 * h, end)];
      assert.deepEqual(await curve(''), plain(afterFirst));
      await assertRollups(account, afterFirst, '');

      await correction(90, 25, 52);
      const afterSecond = [
        ...inRange(asRecorded, 0, 2 * h),
        ...inRange(first, 2 * h, 25 * h),
        ...second,
        ...inRange(asRecorded, 52 * h, end),
      ];
      assert.deepEqual(await curve(''), plain(afterSecond));
      await assertRollups(account, afterSecond, '');
      assert.deepEqual(await curve('_as_recorded'), plain(asRecorded));
      await assertRollups(account, asRecorded, '_as_recorded');
    });

    it('keep a session day whole where a correction begins at the hour before it', async () => {
      // Sessions from 12:30Z to 12:30Z; the day before keeps its recorded rows, though two of them were rewritten.
      const begin = Date.UTC(2026, 5, 1, 12, 30);
      const row = (minute: number, session_date: string, nav: number, rebase: number): object => ({
        ts: begin + minute * 60_000,
        session_date,
        nav,
        rebase,
      });
      const account = await bench.insert([
        row(-120, '2026-06-01', 5, 0),
        row(-20, '2026-06-01', 9, 0),
        row(10, '2026-06-02', 7, 0),
        row(60, '2026-06-02', 3, 7),
      ]);
      await bench.insert(
        [row(-20, '2026-06-01', 9, 7), row(10, '2026-06-02', 6, 7)],
        account,
        'curve_corrections',
      );
      await bench.client.insert({
        table: 'corrections',
        values: [
          { account_id: account, rebase: 7, of: 6, from_ts: begin - 30 * 60_000, to_ts: begin + 3_000_000 },
        ],
        format: 'JSONEachRow',
      });
      assert.deepEqual(
        await bench.ask(
          `SELECT session_date, rows, high_nav, low_nav FROM curve_1d${wideRange(account)} ORDER BY ts`,
        ),
        [
          { session_date: '2026-06-01', rows: 2, high_nav: 9, low_nav: 5 },
          { session_date: '2026-06-02', rows: 2, high_nav: 6, low_nav: 3 },
        ],
      );
    });
  });
});
