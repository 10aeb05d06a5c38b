import assert from 'node:assert/strict';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';

describe('commands that write', function () {
  this.timeout(60_000);
  let tidemark: RunningTidemark;
  const run = (...args: string[]) => tidemark.run(...args);
  const json = (...args: string[]) => tidemark.json(...args);

  before(async () => {
    tidemark = await runningTidemark();
  });

  after(() => tidemark.stop());

  describe('writing to the ledger', () => {
    it('says the sequence, and with --wait that it was applied', async () => {
      const deposit = await json('deposit', 'w1', '1000.00', '--id', 'd1', '--wait');
      assert.deepEqual(
        { ...deposit, sequence: 0 },
        { account_id: 'w1', id: 'd1', subject: 'cash.w1', stream: 'LEDGER', sequence: 0, outcome: 'applied' },
      );
      const inspected = await json('inspect', 'w1');
      assert.deepEqual([inspected['cash'], inspected['sequence']], [{ USD: 100_000 }, deposit['sequence']]);
    });

    it('settles a fill with its fee in currency units', async () => {
      await json('deposit', 'w2', '1000', '--wait');
      await json(
        'settle',
        'w2',
        '--symbol',
        'IBM',
        '--side',
        'buy',
        '--quantity',
        '3',
        '--price',
        '33.3333',
        '--fee',
        '1.25',
        '--wait',
      );
      const { cash, fees, positions } = await json('inspect', 'w2');
      assert.deepEqual([cash, fees], [{ USD: 89_875 }, 125]);
      const [position] = positions as Json[];
      assert.deepEqual(
        [position!['symbol'], position!['quantity'], position!['cost_basis']],
        ['IBM', '3', 10_000],
      );
    });

    it('transfers in kind by side in', async () => {
      const told = await run(
        'settle',
        'w3',
        '--symbol',
        'ACME',
        '--side',
        'in',
        '--quantity',
        '5',
        '--price',
        '10',
        '--wait',
      );
      assert.match(told.stdout, /^in 5 ACME @ 10 for account w3: LEDGER sequence \d+, applied\n$/);
      const inspected = await json('inspect', 'w3');
      assert.deepEqual(
        [inspected['net_flow'], inspected['total_equity'], inspected['cash_balance']],
        [5000, 5000, 0],
      );
    });

    it('books cash of every kind, in the currency and its decimals', async () => {
      await json('deposit', 'w4', '1000.00', '--currency', 'USD', '--wait');
      await json('withdraw', 'w4', '100.50', '--wait');
      await json('cash', 'w4', 'fee', '12.50', '--wait');
      await json('cash', 'w4', 'dividend', '-0.75', '--symbol', 'IBM', '--wait');
      await json('cash', 'w4', 'interest', '200', '--minor', '--wait');
      await json(
        'cash',
        'w4',
        'conversion',
        '100.00',
        '--currency',
        'USD',
        '--to-currency',
        'JPY',
        '--to-amount',
        '15000',
        '--wait',
      );
      assert.deepEqual((await json('inspect', 'w4'))['cash'], {
        USD: 100_000 - 10_050 - 1250 - 75 + 200 - 10_000,
        JPY: 15_000,
      });
    });

    it("takes the account's own currency where none is given", async () => {
      await json('account', 'open', 'w5', '--base-currency', 'JPY', '--name', 'Tokyo desk', '--wait');
      await json('deposit', 'w5', '5000', '--wait');
      const inspected = await json('inspect', 'w5');
      assert.deepEqual(
        [inspected['currency'], inspected['cash'], inspected['name']],
        ['JPY', { JPY: 5000 }, 'Tokyo desk'],
      );
      const tooFine = await run('deposit', 'w5', '0.50');
      assert.deepEqual(
        [tooFine.code, tooFine.stderr],
        [2, 'tidemark: the amount 0.50 has more decimals than JPY has (0)\n'],
      );
    });

    it('gives an account its calendar', async () => {
      await json('account', 'open', 'w11', '--timezone', 'Asia/Tokyo', '--calendar', 'all', '--wait');
      const query = "SELECT timezone, calendar FROM accounts WHERE account_id = 'w11'";
      await until(
        async () =>
          (await run('sql', '--json', query)).stdout.replaceAll(/\s/g, '').includes('"calendar":"all"'),
        { what: 'the calendar in ClickHouse', timeoutMs: 30_000 },
      );
    });

    it('tells a rejection with its reason, exit code 1', async () => {
      const { code, stdout, stderr } = await run(
        'settle',
        'w1',
        '--symbol',
        'IBM',
        '--side',
        'buy',
        '--quantity',
        '1',
        '--price',
        '1.00001',
        '--wait',
        '--json',
      );
      assert.equal(code, 1);
      const outcome = JSON.parse(stdout) as Json;
      assert.deepEqual([outcome['outcome'], outcome['reason']], ['rejected', 'precision_exceeds_scale']);
      assert.match(
        (JSON.parse(stderr) as { error: string }).error,
        /was rejected: precision_exceeds_scale: /,
      );
    });

    it('tells a duplicate, which changes nothing, from an id that is taken', async () => {
      const message = ['deposit', 'w6', '10.00', '--id', 'once', '--ts', '1760000000000', '--wait'];
      assert.equal((await json(...message))['outcome'], 'applied');
      assert.equal((await json(...message))['outcome'], 'duplicate');
      const taken = await run('deposit', 'w6', '11.00', '--id', 'once', '--wait');
      assert.equal(taken.code, 1);
      assert.match(taken.stderr, /id_conflict/);
      assert.deepEqual((await json('inspect', 'w6'))['cash'], { USD: 1000 });
    });

    it('books a trade as two settlements', async () => {
      const trade = await json(
        'trade',
        '--symbol',
        'IBM',
        '--quantity',
        '10',
        '--price',
        '5',
        '--buyer',
        'w7',
        '--seller',
        'w8',
        '--buyer-fee',
        '0.10',
        '--id',
        't1',
        '--wait',
      );
      const settlements = trade['settlements'] as Json[];
      assert.deepEqual(
        settlements.map(({ id, account_id, outcome }) => [id, account_id, outcome]),
        [
          ['t1-buy', 'w7', 'applied'],
          ['t1-sell', 'w8', 'applied'],
        ],
      );
      assert.deepEqual((await json('inspect', 'w7'))['cash'], { USD: -5010 });
      assert.deepEqual((await json('inspect', 'w8'))['cash'], { USD: 5000 });
    });

    it('suspends, resumes and closes an account', async () => {
      await json('account', 'open', 'w9', '--wait');
      for (const [kind, state] of [
        ['suspend', 'suspended'],
        ['resume', 'pending'],
        ['close', 'closed'],
      ] as const) {
        assert.equal((await json('account', kind, 'w9', '--wait'))['outcome'], 'applied');
        const { state: now } = await json('inspect', 'w9');
        assert.ok(String(now).startsWith(state) || kind === 'resume', `${kind}: ${String(now)}`);
      }
      const refused = await run('account', 'close', 'w2', '--wait');
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /account_not_empty/);
    });
  });

  describe('prices', () => {
    it('move the equity of who holds the symbol', async () => {
      await json(
        'settle',
        'p1',
        '--symbol',
        'BRK.B',
        '--side',
        'buy',
        '--quantity',
        '2',
        '--price',
        '100',
        '--wait',
      );
      const sent = await json('price', 'BRK.B', '110');
      assert.equal(sent['subject'], 'prices.BRK%2EB');
      await until(async () => (await json('inspect', 'p1'))['total_equity'] === 2000, {
        what: 'the price to be marked',
      });
      await json('price', 'BRK.B', '--bid', '119', '--ask', '121');
      await until(async () => (await json('inspect', 'p1'))['total_equity'] === 4000, {
        what: 'the quote to be marked',
      });
    });

    it('are a price or a quote', async () => {
      assert.equal((await run('price', 'IBM')).code, 2);
      assert.equal((await run('price', 'IBM', '1', '--bid', '1', '--ask', '2')).code, 2);
      assert.equal((await run('price', 'IBM', '--bid', '1')).code, 2);
    });
  });
});
