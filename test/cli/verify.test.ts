import assert from 'node:assert/strict';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';

interface Verified {
  readonly accounts: number;
  readonly agree: number;
  readonly clickhouse: Json;
  readonly differences: readonly Json[];
}

describe('verify', function () {
  this.timeout(120_000);
  let tidemark: RunningTidemark;

  const found = ({ differences }: Verified): unknown[] =>
    differences.map(({ account_id, what, ledger, actor, clickhouse }) => [account_id, what, ledger, actor, clickhouse]); // prettier-ignore

  async function sql(statement: string): Promise<void> {
    const { code, stderr } = await tidemark.run('sql', '--write', statement);
    assert.equal(code, 0, stderr);
  }

  /** A deposit and two fills; LEDGER sequences. */
  async function history(account: string): Promise<number[]> {
    const { nats } = tidemark;
    const fill = { symbol: 'AAPL', quantity: '10', price: '50', ts: 1 };
    return [
      await nats.publish(`cash.${account}`, { id: 'd', type: 'deposit', amount: 100_000, ts: 1 }),
      await nats.publish(`settlements.${account}`, { id: 'a', side: 'buy', ...fill }),
      await nats.publish(`settlements.${account}`, { id: 'b', side: 'sell', ...fill }),
    ];
  }

  before(async () => {
    tidemark = await runningTidemark();
  });

  after(() => tidemark.stop());

  it('finds that a ledger, its actors and ClickHouse agree', async () => {
    for (const account of ['a1', 'a2', 'a3']) await history(account);
    const { nats } = tidemark;
    // Without a rate a conversion is two flows, which LEDGER alone does not say.
    await nats.publish('cash.a1', {
      id: 'x',
      type: 'conversion',
      amount: 100,
      to_currency: 'EUR',
      to_amount: 90,
    });
    await nats.publish('settlements.a2', [{ id: 'v', type: 'void', of: 'a', ts: 1 }, { id: 'bad' }]);
    await nats.publish('settlements.a3', { id: 'a', symbol: 'AAPL', side: 'buy', quantity: '1', price: '1' });
    const all = (await tidemark.json('verify')) as unknown as Verified;
    assert.deepEqual([all.accounts, all.agree, all.differences], [3, 3, []]);
    assert.deepEqual([all.clickhouse['compared'], all.clickhouse['accounts_behind']], [true, 0]);
    const { code, stdout, stderr } = await tidemark.run('verify', 'a1');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^1 of 1 accounts agree, up to LEDGER sequence \d+\n$/);
  });

  it('names a row that ClickHouse lacks, a doubled one and one that has another figure', async () => {
    const [, buy = 0, sell = 0] = await history('m1');
    await tidemark.json('verify', 'm1');
    await sql(`ALTER TABLE effects DELETE WHERE account_id = 'm1' AND id = 'a' SETTINGS mutations_sync = 1`);
    await sql(`INSERT INTO settlements SELECT * FROM settlements WHERE account_id = 'm1' AND id = 'b'`);
    await sql(
      `ALTER TABLE cash_flows UPDATE cash_effect = 1 WHERE account_id = 'm1' AND id = 'd' SETTINGS mutations_sync = 1`,
    );
    const { answer } = await tidemark.failing('verify', 'm1');
    assert.deepEqual(found(answer as unknown as Verified).sort(), [
      ['m1', `cash_flows ${buy - 1}.0 cash effect`, '100000', null, '1'],
      ['m1', `effects ${buy}.0`, 'fill a', null, 'missing'],
      ['m1', `settlements ${sell}.0`, '1 row, fill b', null, '2 rows'],
    ]);
    const { code, stdout } = await tidemark.run('verify');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^account m1: 3 differences\n\naccount +what +ledger says +actor says +ClickHouse says\n-+\n/,
    );
    assert.match(stdout, /\n3 of 4 accounts agree, up to LEDGER sequence \d+\n$/);
  });

  it('names rows that no event of the ledger has, and ticks of the curve that stand twice', async () => {
    await history('n1');
    await tidemark.json('verify', 'n1');
    await sql(
      `INSERT INTO effects (account_id, sequence, kind, id, ts) VALUES ('ghost', 1, 'fill', 'g', now64(3))`,
    );
    await sql(
      `INSERT INTO equity_curve (account_id, ts, tick, total_equity) SELECT 'n1', toDateTime64('2026-01-01', 3), 7, number FROM numbers(2)`,
    );
    const { answer } = await tidemark.failing('verify');
    const differences = found(answer as unknown as Verified);
    assert.ok(
      differences.some(
        (each) => JSON.stringify(each) === '["ghost","effects 1.0","no such event",null,"a row, g"]',
      ),
      JSON.stringify(differences),
    );
    assert.ok(
      differences.some((each) => JSON.stringify(each) === '["n1","curve rows of tick 7","1",null,"2"]'),
      JSON.stringify(differences),
    );
  });

  it('compares with the actor alone where ClickHouse cannot be asked, and says so', async () => {
    const alone = { ...tidemark.installation.env, TIDEMARK_CLICKHOUSE_URL: 'http://127.0.0.1:1' };
    const { code, stdout, stderr } = await tidemark.runWith(alone, 'verify', 'a2');
    assert.equal(code, 0);
    assert.match(stdout, /^1 of 1 accounts agree/);
    assert.match(stderr, /^ClickHouse was not compared: ClickHouse does not answer at /);
  });

  it('names the state hash and the figures of an actor that is not what its ledger makes of it', async () => {
    await history('h1');
    await tidemark.json('verify', 'h1');
    // By another configuration the same ledger makes another account.
    const other = { ...tidemark.installation.env, TIDEMARK_ACCOUNTS_BASE_CURRENCY: 'EUR' };
    const { code, stdout } = await tidemark.runWith(other, 'verify', 'h1', '--json');
    assert.equal(code, 1);
    const [hash, ...figures] = found(JSON.parse(stdout) as Verified) as string[][];
    assert.deepEqual([hash?.[1], hash?.[2] === hash?.[3]], ['state hash', false]);
    assert.deepEqual(figures, [
      ['h1', 'cash EUR', '100000', 'none', null],
      ['h1', 'cash USD', '0', '100000', null],
    ]);
  });

  it('goes on with actors that go on', async () => {
    const { nats } = tidemark;
    const writer: { isOver: boolean } = { isOver: false };
    const writing = (async () => {
      for (let i = 0; !writer.isOver; i++)
        await nats.publish('cash.busy', { id: `b${i}`, type: 'deposit', amount: 1 });
    })();
    try {
      const { agree, differences } = (await tidemark.json('verify', 'busy')) as unknown as Verified;
      assert.deepEqual([agree, differences], [1, []]);
    } finally {
      writer.isOver = true;
      await writing;
    }
  });

  it('of an unknown account fails with one sentence', async () => {
    const { code, stderr } = await tidemark.run('verify', 'nobody');
    assert.deepEqual([code, stderr], [1, 'tidemark: account_unknown: there is no account nobody\n']);
  });
});
