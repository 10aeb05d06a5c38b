import assert from 'node:assert/strict';
import { createClient } from '@clickhouse/client';
import { migrate } from '../../src/analytics/migrate.ts';
import { startStoreProcess, type TestStore } from '../support/store-process.ts';
import { runTidemark } from '../support/tidemark.ts';

/** Equity of account 7, one row an hour: down a tenth, recovered, down a fifth. */
const curve = [1000, 1100, 990, 1045, 1100, 880, 935];

describe('commands that ask ClickHouse', function () {
  let store: TestStore;
  let env: Record<string, string>;
  const run = (...args: string[]) => runTidemark(args, env);

  before(async () => {
    store = await startStoreProcess();
    env = { TIDEMARK_STORE_PORT: String(store.port), TIDEMARK_DATA_DIR: store.dataDir };
    const { url, user, password } = store;
    await migrate({ url, user, password, database: 'tidemark' });
    const client = createClient({ url, username: user, password, database: 'tidemark' });
    await client.insert({
      table: 'equity_curve',
      format: 'JSONEachRow',
      values: curve.map((equity, hour) => ({
        account_id: '7',
        ts: `2026-01-05 ${String(10 + hour)}:00:00.000`,
        total_equity: equity * 100,
        nav: equity / 1000,
        drawdown: equity / Math.max(...curve.slice(0, hour + 1)) - 1,
        sequence: '9007199254740993',
      })),
    });
    await client.close();
  });

  after(() => store.stop());

  describe('sql', () => {
    it('answers a table', async () => {
      const { code, stdout, stderr } = await run(
        'sql',
        "SELECT 'BAC' AS symbol, 12.5 AS price, NULL AS side",
      );
      assert.equal(code, 0, stderr);
      const [head, line, row] = stdout.split('\n');
      assert.match(head!, /^symbol\s+price\s+side$/);
      assert.match(line!, /^-+$/);
      assert.match(row!, /^BAC\s+12\.5\s+NULL$/);
    });

    it('answers an array of row objects, 64-bit integers as strings', async () => {
      const { stdout } = await run(
        'sql',
        '--json',
        'SELECT sequence, account_id, nav FROM equity_curve ORDER BY ts LIMIT 2;',
      );
      assert.deepEqual(JSON.parse(stdout), [
        { sequence: '9007199254740993', account_id: '7', nav: 1 },
        { sequence: '9007199254740993', account_id: '7', nav: 1.1 },
      ]);
    });

    it('answers an empty array where there are no rows, and for a statement without an answer', async () => {
      assert.deepEqual(JSON.parse((await run('sql', '--json', 'SELECT 1 WHERE 0')).stdout), []);
      const created = await run('sql', '--json', '--write', 'CREATE TABLE t (x UInt8) ENGINE = Memory');
      assert.deepEqual([created.code, JSON.parse(created.stdout)], [0, []]);
    });

    it('passes on what a statement with a FORMAT of its own answers', async () => {
      const { stdout } = await run('sql', "SELECT 1 AS a, 'x\u2028y' AS b FORMAT CSVWithNames");
      assert.equal(stdout, '"a","b"\n1,"x\u2028y"\n');
    });

    for (const statement of [
      'INSERT INTO equity_curve (account_id, ts, total_equity) VALUES (8, 0, 1)',
      'DROP TABLE equity_curve',
      'TRUNCATE TABLE equity_curve',
      'ALTER TABLE equity_curve DELETE WHERE 1',
      'CREATE TABLE u (x UInt8) ENGINE = Memory',
    ]) {
      it(`without --write refuses ${statement.split(' ')[0]!}, by ClickHouse's own word`, async () => {
        const { code, stdout, stderr } = await run('sql', statement);
        assert.deepEqual([code, stdout], [1, '']);
        assert.match(stderr, /^tidemark: ClickHouse error 164 READONLY: .*\n$/);
      });
    }

    it('does not let a statement lift the prohibition by its own settings', async () => {
      const { code, stderr } = await run('sql', 'SET readonly = 0');
      assert.equal(code, 1);
      assert.match(stderr, /ClickHouse error 164/);
      const { stdout } = await run('sql', '--json', 'SELECT count() AS rows FROM equity_curve');
      assert.deepEqual(JSON.parse(stdout), [{ rows: String(curve.length) }]);
    });

    it("tells ClickHouse's error in one sentence with its code, as JSON with --json", async () => {
      const plain = await run('sql', 'SELEKT 1');
      assert.equal(plain.code, 1);
      assert.match(plain.stderr, /^tidemark: ClickHouse error 62 SYNTAX_ERROR: [^\n]+\n$/);
      const json = await run('sql', '--json', 'SELECT * FROM nowhere');
      assert.equal(json.stdout, '');
      assert.match(
        (JSON.parse(json.stderr) as { error: string }).error,
        /^ClickHouse error 60 UNKNOWN_TABLE/,
      );
    });

    it('names the keys to change where nobody answers', async () => {
      const { code, stderr } = await runTidemark(['sql', 'SELECT 1'], {
        TIDEMARK_STORE_PORT: '1',
        TIDEMARK_DATA_DIR: store.dataDir,
      });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^tidemark: ClickHouse does not answer at http:\/\/127\.0\.0\.1:1: .*clickhouse\.url or store\.port\n$/,
      );
    });

    it('tells an answer that breaks off half-way', async () => {
      const { code, stderr } = await run(
        'sql',
        '--json',
        "SELECT throwIf(number = 3000000, 'broken') AS x, number FROM numbers(4000000) SETTINGS max_block_size = 1000",
      );
      assert.equal(code, 1);
      assert.match(stderr, /broken/);
    });
  });

  describe('drawdown', () => {
    it('lists episodes, deepest first', async () => {
      const { code, stdout, stderr } = await run('drawdown', '7');
      assert.equal(code, 0, stderr);
      const [, , first, second] = stdout.split('\n');
      assert.match(
        first!,
        /^-20\.00 %\s+2026-01-05 14:00:00Z\s+2026-01-05 15:00:00Z\s+under water\s+1 h\s+-\s+2 h$/,
      );
      assert.match(
        second!,
        /^-10\.00 %\s+2026-01-05 11:00:00Z\s+2026-01-05 12:00:00Z\s+2026-01-05 14:00:00Z\s+1 h\s+2 h\s+3 h$/,
      );
    });

    it('leaves out what is shallower than --min-depth, given as percent or fraction', async () => {
      for (const depth of ['15%', '0.15', '-0.15']) {
        const { stdout } = await run('drawdown', '7', `--min-depth=${depth}`, '--json');
        const { episodes } = JSON.parse(stdout) as { episodes: { depth: number }[] };
        assert.deepEqual(
          episodes.map(({ depth: d }) => d.toFixed(4)),
          ['-0.2000'],
        );
      }
    });

    it('draws how far under water the account was', async () => {
      const { stdout } = await run('drawdown', '7', '--chart');
      assert.match(stdout, / 0\.00 % [┤┼]/);
      assert.match(stdout, /-20\.00 % [┤┼]/);
      assert.match(stdout, /2026-01-05 10:00:00Z\s+2026-01-05 16:00:00Z/);
    });

    it('gives the same points as JSON, the worst of each stretch', async () => {
      const { stdout } = await run('drawdown', '7', '--chart', '--json');
      const { underwater } = JSON.parse(stdout) as { underwater: { ts: number; drawdown: number }[] };
      assert.equal(Math.min(...underwater.map(({ drawdown }) => drawdown)).toFixed(4), '-0.2000');
      assert.equal(underwater[0]!.ts, Date.UTC(2026, 0, 5, 10));
    });

    it('says so where nothing is on record, --from inclusive and --to exclusive', async () => {
      const { code, stdout } = await run(
        'drawdown',
        '7',
        '--from',
        '2026-01-05T10:00:00Z',
        '--to',
        '2026-01-05T12:00:00Z',
        '--chart',
      );
      assert.equal(code, 0);
      assert.match(stdout, /no such drawdown on record/);
      assert.match((await run('drawdown', 'nobody', '--chart')).stdout, /no such drawdown on record/);
    });
  });

  describe('history', () => {
    it('gives every row and column as CSV', async () => {
      const { stdout } = await run('history', '7', '--csv');
      const lines = stdout.trimEnd().split('\n');
      assert.equal(lines.length, curve.length + 1);
      assert.match(lines[0]!, /^"account_id","session_date","ts","tick","total_equity"/);
      assert.match(lines[1]!, /^"7","2026-01-05","2026-01-05 10:00:00.000",1767607200000,100000,/);
    });

    it('gives rows as JSON, within --from and --to', async () => {
      const { stdout } = await run(
        'history',
        '7',
        '--json',
        '--from',
        '2026-01-05T12:00:00Z',
        '--to',
        '2026-01-05 14:00:00',
      );
      const rows = JSON.parse(stdout) as { total_equity: string }[];
      assert.deepEqual(
        rows.map((row) => row.total_equity),
        ['99000', '104500'],
      );
    });

    it('keeps the extremes when asked for fewer --points', async () => {
      const { stdout } = await run('history', '7', '--json', '--points', '4');
      const rows = JSON.parse(stdout) as { total_equity: string }[];
      assert.equal(rows.length, 4);
      assert.ok(rows.some((row) => row.total_equity === '88000'));
    });

    it('shows a table in currency units, also without an engine to ask the currency', async () => {
      const { code, stdout, stderr } = await run('history', '7');
      assert.equal(code, 0, stderr);
      assert.match(stdout, /equity USD/);
      assert.match(stdout, /2026-01-05 15:00:00Z\s+880\.00\s/);
      assert.match(stdout, /-20\.00 %/);
    });

    it('fails for an account without a curve', async () => {
      const { code, stderr } = await run('history', 'nobody');
      assert.deepEqual([code, stderr], [1, 'tidemark: account nobody has no recorded curve in that time\n']);
    });

    it('refuses --csv with --json, and a range that ends before it begins', async () => {
      assert.equal((await run('history', '7', '--csv', '--json')).code, 2);
      assert.equal((await run('history', '7', '--from', '2026-02-01', '--to', '2026-01-01')).code, 2);
      assert.equal((await run('history', '7', '--from', 'yesterday')).code, 2);
    });
  });
});
