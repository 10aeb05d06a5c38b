import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';

/** Closes of two symbols, by symbol, over the change to summer time and a weekend. */
const closes = `symbol,date,close
AAA,2021-03-11,100.00
AAA,2021-03-12,110.00
AAA,2021-03-15,99.00
AAA,2021-03-16,120.00
BBB,2021-03-11,50.00
BBB,2021-03-12,50.00
BBB,2021-03-15,40.00
BBB,2021-03-16,60.00
`;

describe('import', function () {
  this.timeout(60_000);
  let tidemark: RunningTidemark;
  const run = (...args: string[]) => tidemark.run(...args);
  const json = (...args: string[]) => tidemark.json(...args);

  function file(name: string, content: string | Uint8Array): string {
    const path = join(tidemark.installation.dataDir, name);
    writeFileSync(path, content);
    return path;
  }

  before(async () => {
    tidemark = await runningTidemark({ TIDEMARK_TICK_SOURCE: 'nats', TIDEMARK_CURVE_RESOLUTION: 'tick' });
  });

  after(() => tidemark.stop());

  it('plays closes with a tick at the end of each session day, in the order of time', async () => {
    const held = 'id,account,symbol,side,quantity,price\nh1,7,AAA,buy,10,100.00\nh2,7,BBB,sell,20,50.00\n';
    assert.equal(
      (await json('import', file('cash.csv', 'account,type,amount\n7,deposit,1000000\n'), '--as', 'cash'))[
        'sent'
      ],
      1,
    );
    assert.equal((await json('import', file('held.csv', held), '--as', 'settlements'))['sent'], 2);
    const report = await json(
      'import',
      file('closes.csv.gz', gzipSync(closes)),
      '--as',
      'prices',
      '--ticks',
      '1d',
    );
    assert.deepEqual([report['rows'], report['sent'], report['rejected'], report['ticks']], [8, 8, 0, 4]);

    const rows = await until(
      async () => {
        const found = (await json('history', '7')) as unknown as Json[];
        return found.length === 4 && found;
      },
      { what: 'four rows of the curve', timeoutMs: 30_000 },
    );
    // 10,000.00 paid in; 10 AAA long, 20 BBB short.
    assert.deepEqual(
      rows.map((row) => [row['session_date'], row['ts'], row['total_equity']]),
      [
        ['2021-03-11', '2021-03-11 21:59:59.999', '1000000'],
        ['2021-03-12', '2021-03-12 21:59:59.999', '1010000'],
        ['2021-03-15', '2021-03-15 20:59:59.999', '1019000'],
        ['2021-03-16', '2021-03-16 20:59:59.999', '1000000'],
      ],
    );
    const { episodes } = await json('drawdown', '7');
    assert.deepEqual(
      (episodes as Json[]).map(({ depth, recovery_ts }) => [(depth as number).toFixed(6), recovery_ts]),
      [[(10_000 / 10_190 - 1).toFixed(6), null]],
    );
  });

  it('sends all prices of a file, at max in batches, at a factor one by one and paced', async () => {
    const count = 12_000;
    const rows = Array.from(
      { length: count },
      (_, i) => `${1_700_000_000_000 + i},MAX,${100 + (i % 7)}.25,1`,
    );
    const before = await received();
    const report = await json(
      'import',
      file('max.csv', `ts_ms,symbol,price,size\n${rows.join('\n')}\n`),
      '--as',
      'prices',
    );
    assert.equal(report['sent'], count);
    assert.equal((await received()) - before, count);

    const quotes = 'ts_ms,symbol,bid,ask\n1700000000000,QQQ,1,2\n1700000060000,QQQ,2,3\n';
    const paced = await json('import', file('paced.csv', quotes), '--as', 'prices', '--speed', '600x');
    assert.ok((paced['seconds'] as number) >= 0.1);
    assert.equal((await received()) - before, count + 2);
  });

  it('takes rows from stdin', async () => {
    const before = await received();
    const child = await import('node:child_process');
    const script = `printf 'symbol,price\\nSTD,1\\n' | "${process.execPath}" bin/tidemark.mjs import - --as prices`;
    const env = { ...process.env, ...tidemark.installation.env };
    const { status, stdout } = child.spawnSync('sh', ['-c', script], { env, encoding: 'utf8' });
    assert.equal(status, 0);
    assert.match(stdout, /^1 prices of 1 rows in /);
    assert.equal((await received()) - before, 1);
  });

  it('tells bad rows by their lines, sends the others, and exits with 1', async () => {
    const csv = `id,account,symbol,side,quantity,price,fee
s1,8,IBM,buy,100,50.00,
s2,8,IBM,bought,100,50.00,
s3,8,IBM,buy,0.00001,50.00,
s4,a b,IBM,buy,1,50.00,
s5,8,IBM,sell,40,60.00,100
s6,8,IBM
`;
    const { code, stdout } = await run('import', file('bad.csv', csv), '--as', 'settlements', '--json');
    assert.equal(code, 1);
    const report = JSON.parse(stdout) as Json;
    assert.deepEqual([report['rows'], report['sent'], report['rejected']], [6, 3, 4]);
    assert.deepEqual(
      (report['rejections'] as Json[]).map(({ line, reason }) => [line, reason]),
      [
        [3, 'malformed'],
        [5, 'malformed'],
        [7, 'malformed'],
        [4, 'precision_exceeds_scale'],
      ],
    );
    const { cash, positions } = await json('inspect', '8');
    assert.deepEqual(
      [cash, (positions as Json[])[0]!['quantity']],
      [{ USD: -500_000 + 240_000 - 100 }, '60'],
    );

    const strict = await run('import', file('bad.csv', csv), '--as', 'settlements', '--strict');
    assert.equal(strict.code, 1);
    assert.match(strict.stderr, /tidemark: line 3: malformed: side; 1 rows before it were sent\n$/);
  });

  it('of the same file again changes nothing, with ids or without', async () => {
    const csv = 'account,type,amount,notes\n9,deposit,5000,one\n9,deposit,5000,one\n9,withdrawal,1000,two\n';
    const path = file('again.csv', csv);
    for (let i = 0; i < 2; i++) {
      assert.equal((await json('import', path, '--as', 'cash'))['sent'], 3);
      assert.deepEqual((await json('inspect', '9'))['cash'], { USD: 9000 });
    }
  });

  it('books trades between accounts, in order', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `t${i},TRD,1,${i + 1},10,11`);
    const report = await json(
      'import',
      file('trades.csv', `id,symbol,quantity,price,buyer,seller\n${rows.join('\n')}\n`),
      '--as',
      'trades',
      '--columns',
      'symbol=symbol',
    );
    assert.equal(report['sent'], 300);
    const total = ((300 * 301) / 2) * 100;
    await until(
      async () => {
        const { cash, positions } = await json('inspect', '11');
        const [position] = positions as Json[];
        return position?.['quantity'] === '-300' && (cash as Json)['USD'] === total;
      },
      { what: 'all trades to be settled', timeoutMs: 30_000 },
    );
  });

  it('fails for a file without the columns it needs, and one without rows', async () => {
    const headless = await run('import', file('headless.csv', '1,2,3\n'), '--as', 'prices');
    assert.deepEqual([headless.code, headless.stdout], [1, '']);
    assert.match(headless.stderr, /the file has no column symbol \(its header is 1, 2, 3\)/);
    const empty = await run('import', file('empty.csv', 'symbol,price\n'), '--as', 'prices');
    assert.equal(empty.code, 1);
    assert.match(empty.stderr, /has no rows/);
    assert.equal((await run('import', 'nowhere.csv', '--as', 'prices')).code, 1);
  });

  /** Prices that the engine has counted. */
  async function received(): Promise<number> {
    const { connect } = await import('nats');
    const nats = await connect({ port: tidemark.installation.natsPort });
    const reply = await nats.request('tidemark.stats');
    await nats.close();
    return reply.json<{ prices_received: number }>().prices_received;
  }
});
