import assert from 'node:assert/strict';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { spawnTidemark } from '../support/tidemark.ts';
import { until } from '../support/until.ts';

describe('commands that read', function () {
  this.timeout(60_000);
  let tidemark: RunningTidemark;
  const run = (...args: string[]) => tidemark.run(...args);
  const json = (...args: string[]) => tidemark.json(...args);

  before(async () => {
    tidemark = await runningTidemark();
  });

  after(() => tidemark.stop());

  describe('inspect', () => {
    it('shows the account as a page', async () => {
      await json('deposit', 'i1', '2500.00', '--wait');
      await json(
        'settle',
        'i1',
        '--symbol',
        'XYZ',
        '--side',
        'buy',
        '--quantity',
        '1000',
        '--price',
        '1.5',
        '--wait',
      );
      const { stdout } = await run('inspect', 'i1');
      assert.match(stdout, /^account i1 {2}active\.healthy {2}USD\n=+\n/);
      for (const line of [
        /total equity\s+2,500\.00/,
        /USD\s+1,000\.00/,
        /XYZ\s+1,000\s+1\.5\s/,
        /ledger sequence\s+\d+/,
        /state hash\s+[0-9a-f]+/,
      ]) {
        assert.match(stdout, line);
      }
    });

    it('of an unknown account fails with account_unknown', async () => {
      const plain = await run('inspect', 'nobody');
      assert.deepEqual(
        [plain.code, plain.stdout, plain.stderr],
        [1, '', 'tidemark: account_unknown: there is no account nobody\n'],
      );
      const asJson = await run('inspect', 'nobody', '--json');
      assert.deepEqual([asJson.code, asJson.stdout], [1, '']);
      assert.match(asJson.stderr, /^\{"error":"account_unknown/);
    });
  });

  describe('accounts', () => {
    it('lists them in order, bounded', async () => {
      for (const [account, amount] of [
        ['a1', '9000000'],
        ['a2', '8000000'],
        ['a3', '7000000'],
      ] as const) {
        await json('deposit', account, amount, '--wait');
      }
      const found = (await json('accounts', '--order', 'equity', '--limit', '3')) as unknown as Json[];
      assert.deepEqual(
        found.map((account) => account['account_id']),
        ['a1', 'a2', 'a3'],
      );
      const { stdout, stderr } = await run('accounts', '--order', 'equity', '--limit', '2');
      assert.match(stdout, /^account\s+equity.*\n-+\na1\s+9,000,000\.00\s+USD.*\na2 /);
      assert.match(stderr, /^2 of \d+ accounts; --limit shows more\n$/);
    });

    it('refuses an order that is none', async () => {
      const { code, stderr } = await run('accounts', '--order', 'luck');
      assert.equal(code, 2);
      assert.match(stderr, /Allowed: id, equity, day_change, drawdown\./);
    });
  });

  describe('dead letters', () => {
    it('are listed newest first and shown whole', async () => {
      for (const price of ['1.00001', '2.00002']) {
        await run(
          'settle',
          'l1',
          '--symbol',
          'IBM',
          '--side',
          'buy',
          '--quantity',
          '1',
          '--price',
          price,
          '--wait',
        );
      }
      const letters = (await json('dead-letters', 'list', '--account', 'l1')) as unknown as Json[];
      assert.equal(letters.length, 2);
      const [newest] = letters;
      assert.equal((JSON.parse(newest!['payload'] as string) as Json)['price'], '2.00002');
      const shown = await run('dead-letters', 'show', newest!['id'] as string);
      assert.match(shown.stdout, /reason\s+precision_exceeds_scale\n/);
      assert.match(shown.stdout, /"price":"2\.00002"/);
      const table = await run('dead-letters', '--limit', '1');
      assert.match(table.stdout, /^id\s+time\s+account\s+subject\s+reason\s+detail\n-+\nLEDGER\.\d+\.0 /);
    });

    it('that are not there are a failure', async () => {
      for (const id of ['LEDGER.999999.0', '*', 'a b']) {
        const { code, stderr } = await run('dead-letters', 'show', id);
        assert.deepEqual([code, stderr], [1, `tidemark: there is no dead letter ${id}\n`]);
      }
    });
  });

  describe('watch', () => {
    it('prints one JSON line an update where stdout is no terminal, and ends after --count', async () => {
      await json(
        'settle',
        'v1',
        '--symbol',
        'VVV',
        '--side',
        'buy',
        '--quantity',
        '1',
        '--price',
        '10',
        '--wait',
      );
      const watch = spawnTidemark(['watch', 'v1', '--count', '2'], tidemark.installation.env);
      let price = 10;
      await until(
        async () => {
          await json('price', 'VVV', String(++price));
          return watch.process.exitCode !== null;
        },
        { what: 'two updates', timeoutMs: 30_000 },
      );
      assert.equal(await watch.ended, 0);
      const lines = watch.stdout().trimEnd().split('\n');
      assert.equal(lines.length, 2);
      for (const line of lines) assert.equal((JSON.parse(line) as Json)['account_id'], 'v1');
    });

    it('ends in good order at --seconds and at Ctrl-C', async () => {
      assert.equal((await run('watch', '--seconds', '0.1')).code, 0);
      const watch = spawnTidemark(['watch'], tidemark.installation.env);
      await until(
        async () => {
          await json('deposit', 'v2', '1', '--wait');
          return watch.stdout() !== '';
        },
        { what: 'an update', timeoutMs: 30_000 },
      );
      watch.process.kill('SIGINT');
      assert.equal(await watch.ended, 0);
    });
  });

  it('rows of the curve and the effects come to ClickHouse, for history, drawdown and sql', async () => {
    await json('deposit', 'c1', '1000.00', '--id', 'first', '--wait');
    await until(
      async () => {
        const rows = (await json(
          'sql',
          "SELECT kind, amount FROM cash_flows WHERE account_id = 'c1'",
        )) as unknown as Json[];
        return rows.length === 1 && rows[0]!['amount'] === '100000';
      },
      { what: 'the flow in ClickHouse', timeoutMs: 30_000 },
    );
    const { stdout } = await until(
      async () => {
        const history = await run('history', 'c1');
        return history.code === 0 && history;
      },
      { what: 'the curve in ClickHouse', timeoutMs: 30_000 },
    );
    assert.match(stdout, /\s1,000\.00\s+1,000\.00\s+0\.00\s+1,000\.00\s/);
    assert.deepEqual(await json('drawdown', 'c1'), { account_id: 'c1', episodes: [] });
  });
});
