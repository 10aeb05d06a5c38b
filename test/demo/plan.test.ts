import assert from 'node:assert/strict';
import { Activity } from '../../src/demo/activity.ts';
import { accountsPlanned, planAccounts } from '../../src/demo/plan.ts';
import { demoSymbols } from '../../src/demo/symbols.ts';
import { Walk } from '../../src/demo/walk.ts';
import { Random } from '../../src/random.ts';
import { LedgerBench } from '../support/ledger-bench.ts';

const seed = 7;

function market(run: string): { walk: Walk; activity: Activity } {
  const random = new Random(seed, 2);
  const walk = new Walk(demoSymbols, random);
  return { walk, activity: new Activity(planAccounts(seed), demoSymbols, walk, random, run) };
}

describe('the simulated market', () => {
  it('has 200 accounts, some in euros, and 50 symbols with a name each', () => {
    const accounts = planAccounts(seed);
    assert.equal(accounts.length, accountsPlanned);
    assert.equal(new Set(accounts.map(({ id }) => id)).size, 200);
    assert.ok(accounts.some(({ base }) => base === 'EUR'));
    assert.equal(new Set(demoSymbols.map(({ symbol }) => symbol)).size, 50);
  });

  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(planAccounts(seed), planAccounts(seed));
    assert.notDeepEqual(planAccounts(seed), planAccounts(seed + 1));
    const [one, other] = [market('a'), market('a')];
    for (let step = 0; step < 500; step++) {
      for (const { walk } of [one, other]) {
        walk.stepMarket(0.05);
        walk.step(step % demoSymbols.length, 0.1);
      }
      assert.deepEqual(one.activity.trade(), other.activity.trade());
      assert.deepEqual(one.activity.cash(), other.activity.cash());
    }
  });

  it('says nothing that the ledger refuses, and keeps its identity to the cent', () => {
    const bench = new LedgerBench();
    const accounts = planAccounts(seed);
    const { walk, activity } = market('run');
    let sequence = 0;
    const apply = (subject: string, message: unknown): void => {
      for (const verdict of bench.applyText(subject, JSON.stringify(message), ++sequence, NaN)) {
        assert.deepEqual(verdict, { applied: true }, `${subject} ${JSON.stringify(message)}`);
      }
    };
    demoSymbols.forEach(({ symbol, fields }, index) => {
      if (fields !== null) assert.equal(bench.instrument(symbol, fields), null);
      bench.price(symbol, { price: walk.priceText(index), ts: 1 });
    });
    bench.tick(1);
    for (const { id, base, depositMinor, opening } of accounts) {
      apply(`accounts.${id}`, { type: 'open', base_currency: base });
      apply(`cash.${id}`, { id: 'fund', type: 'deposit', amount: depositMinor, currency: base });
      apply(`settlements.${id}`, opening);
    }
    for (let step = 0; step < 4_000; step++) {
      walk.stepMarket(0.05);
      walk.step(step % demoSymbols.length, 0.1);
      const trade = activity.trade();
      if (trade !== null) {
        const { id, symbol, price, quantity, buyer, seller, buyer_fee, seller_fee } = trade;
        const fill = { symbol, price, quantity };
        apply(`settlements.${buyer}`, { id: `${id}-buy`, side: 'buy', ...fill, fee: buyer_fee });
        apply(`settlements.${seller}`, { id: `${id}-sell`, side: 'sell', ...fill, fee: seller_fee });
      }
      const { account, ...cash } = activity.cash();
      apply(`cash.${account}`, cash);
    }
    bench.tick(2);
    for (const { id } of accounts) {
      for (const [currency, residual] of Object.entries(bench.identity(id))) {
        assert.equal(residual, 0n, `${id} ${currency}`);
      }
      assert.deepEqual(bench.inspect(id)?.['unpriced'], []);
    }
  });

  it('moves prices enough to see drawdowns within minutes, and not away for ever', () => {
    const random = new Random(seed, 3);
    const walk = new Walk(demoSymbols, random);
    const steps = 24 * 3600;
    const low = demoSymbols.map(() => Infinity);
    const high = demoSymbols.map(() => 0);
    for (let second = 0; second < steps; second++) {
      walk.stepMarket(1);
      demoSymbols.forEach((symbol, i) => {
        walk.step(i, 1);
        const relative = walk.price(i) / symbol.start;
        low[i] = Math.min(low[i] ?? 0, relative);
        high[i] = Math.max(high[i] ?? 0, relative);
      });
    }
    demoSymbols.forEach(({ symbol }, i) => {
      assert.ok((low[i] ?? 0) > 0.4 && (high[i] ?? 0) < 2.5, `${symbol} stays near its start`);
      assert.ok((high[i] ?? 0) / (low[i] ?? 0) > 1.01, `${symbol} moves`);
    });
  });
});
