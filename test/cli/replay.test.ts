import assert from 'node:assert/strict';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';

describe('replay', function () {
  this.timeout(60_000);
  let tidemark: RunningTidemark;
  /** LEDGER sequences, by what was written. */
  const at: Record<string, number> = {};

  async function write(name: string, ...args: string[]): Promise<void> {
    const { stdout } = await tidemark.run(...args, '--wait', '--json');
    at[name] = (JSON.parse(stdout) as Json)['sequence'] as number;
  }

  before(async () => {
    tidemark = await runningTidemark();
    const fill = ['settle', 'r1', '--symbol', 'AAPL', '--ts', '1760000000000'];
    await write('deposit', 'deposit', 'r1', '10000', '--id', 'd1');
    await write('other', 'deposit', 'r2', '5', '--id', 'd1');
    await write('buy', ...fill, '--side', 'buy', '--quantity', '100', '--price', '50', '--fee', '1.25', '--id', 'f1'); // prettier-ignore
    await write('sell', ...fill, '--side', 'sell', '--quantity', '40', '--price', '60', '--id', 'f2');
    await write('again', ...fill, '--side', 'sell', '--quantity', '40', '--price', '60', '--id', 'f2');
    await write('refused', ...fill, '--side', 'buy', '--quantity', '1', '--price', '1.00001', '--id', 'f3');
    await write('conversion', 'cash', 'r1', 'conversion', '100', '--currency', 'USD', '--to-currency', 'JPY', '--to-amount', '15000', '--id', 'x1'); // prettier-ignore
    await until(
      async () => {
        const [row] = (await tidemark.json(
          'sql',
          `SELECT count() AS rows FROM effects WHERE account_id = 'r1' AND kind != 'rejected'`,
        )) as unknown as Json[];
        return row?.['rows'] === '4';
      },
      { what: 'the effects to be in ClickHouse', timeoutMs: 20_000 },
    );
  });

  after(() => tidemark.stop());

  it('shows each step with its effect, and ends where the live actor is', async () => {
    const { account_id, to, steps, state } = (await tidemark.json('replay', 'r1')) as {
      account_id: string;
      to: null;
      steps: Json[];
      state: Json;
    };
    assert.deepEqual([account_id, to], ['r1', null]);
    assert.deepEqual(
      steps.map((step) => [step['sequence'], step['what'], step['outcome'], step['reason']]),
      [
        [at['deposit'], 'deposit 10,000.00 USD', 'applied', undefined],
        [at['buy'], 'buy 100 AAPL @ 50', 'applied', undefined],
        [at['sell'], 'sell 40 AAPL @ 60', 'applied', undefined],
        [at['again'], 'sell 40 AAPL @ 60', 'duplicate', undefined],
        [at['refused'], 'buy 1 AAPL @ 1.00001', 'rejected', 'precision_exceeds_scale'],
        [at['conversion'], 'conversion 100.00 USD to 15,000 JPY', 'applied', undefined],
      ],
    );
    const sell = steps[2] ?? {};
    assert.deepEqual(
      [sell['quantity_before'], sell['quantity_after'], sell['cash_effect'], sell['realized'], sell['fees']],
      ['100', '60', 240_000, 40_000, 0],
    );
    const live = await tidemark.json('inspect', 'r1');
    assert.deepEqual(
      [state['cash'], state['sequence'], state['state_hash']],
      [live['cash'], live['sequence'], live['state_hash']],
    );
  });

  it('shows what depended on marks as it was recorded', async () => {
    const { steps } = (await tidemark.json('replay', 'r1')) as { steps: Json[] };
    const { equity_before, nav_before, units, realized_base } = steps[2]?.['recorded'] as Json;
    // 10,000.00 less the fee of 1.25, in 1,000,000 units.
    assert.deepEqual(
      [equity_before, nav_before, units, realized_base],
      [999_875, 0.999875, 1_000_000, 40_000],
    );
    assert.equal(steps[3]?.['recorded'], undefined, 'a duplicate has no effect');
  });

  it('stops after the sequence that --to names', async () => {
    const { to, steps, state } = (await tidemark.json('replay', 'r1', '--to', String(at['buy']))) as {
      to: number;
      steps: Json[];
      state: Json;
    };
    assert.deepEqual([to, steps.length, state['sequence']], [at['buy'], 2, at['buy']]);
    assert.deepEqual(state['cash'], { USD: 499_875 });
  });

  it('is a table and a page for people, and says of which steps nothing is recorded', async () => {
    const { stdout, stderr } = await tidemark.run('replay', 'r1');
    assert.match(stdout, /^ledger +time +id +event +outcome .*\n-+\n/);
    assert.match(stdout, / f2 +sell 40 AAPL @ 60 +applied +100 -> 60 +\+2,400\.00 +\+400\.00 /);
    assert.match(stdout, / f3 +buy 1 AAPL @ 1\.00001 +rejected: precision_exceeds_scale/);
    assert.match(
      stdout,
      /\naccount r1 {2}USD {2}active\.healthy\n=+\n\nCash\nUSD {2}7,298\.75\nJPY +15,000\n/,
    );
    assert.match(stdout, /state hash +[0-9a-f]{32}\n$/);
    assert.equal(stderr, '');
    const alone = { ...tidemark.installation.env, TIDEMARK_CLICKHOUSE_URL: 'http://127.0.0.1:1' };
    const { code, stderr: told } = await tidemark.runWith(alone, 'replay', 'r1', '--to', String(at['buy']));
    assert.equal(code, 0);
    assert.match(
      told,
      /^no effect is recorded in ClickHouse of 2 steps: \d+\.0, \d+\.0\nClickHouse does not say/,
    );
  });

  it('of an unknown account fails with one sentence', async () => {
    const { code, stdout, stderr } = await tidemark.run('replay', 'nobody', '--json');
    assert.deepEqual(
      [code, stdout, stderr],
      [1, '', '{"error":"account_unknown: there is no account nobody"}\n'],
    );
  });

  it('shows voids with what they undid, also one that waited for its target', async () => {
    const { nats } = tidemark;
    const buy = { symbol: 'IBM', side: 'buy', quantity: '10', ts: 1 };
    await nats.publish('settlements.v1', { id: 'a', price: '50', ...buy });
    await nats.publish('settlements.v1', { id: 'v', type: 'void', of: 'a', ts: 1 });
    await nats.publish('settlements.v1', { id: 'w', type: 'void', of: 'b', ts: 1 });
    const last = await nats.publish('settlements.v1', { id: 'b', price: '60', ...buy });
    // Each void is followed by a rebase, whenever the sink comes to it: its id is in the hash.
    const isRebased = async (): Promise<boolean> => {
      const { sequence, rebase_pending } = await tidemark.json('inspect', 'v1');
      return (sequence as number) > last && rebase_pending === false;
    };
    await until(isRebased, { what: 'the voids and their rebase to be applied', timeoutMs: 30_000 });
    const { steps, state } = (await tidemark.json('replay', 'v1')) as { steps: Json[]; state: Json };
    const isRebase = (step: Json): boolean => step['kind'] === 'rebase';
    assert.equal(steps.filter(isRebase).at(-1)?.['outcome'], 'applied');
    assert.deepEqual(
      steps
        .filter((step) => !isRebase(step))
        .map((step) => [step['what'], step['outcome'], step['quantity_before'], step['quantity_after']]),
      [
        ['buy 10 IBM @ 50', 'applied', '0', '10'],
        ['void of a', 'applied', '10', '0'],
        ['void of b', 'waits', undefined, undefined],
        ['buy 10 IBM @ 60', 'applied', '0', '10'],
        ['void of b', 'applied', '10', '0'],
      ],
    );
    assert.equal(steps[1]?.['of'], 'a');
    assert.equal(state['state_hash'], (await tidemark.json('inspect', 'v1'))['state_hash']);
  });
});
