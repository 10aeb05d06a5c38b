/** The real path against what lies beside the checkout: its oracle, on 2,000 random events in three currencies. */
import assert from 'node:assert/strict';
import { instruments } from '../support/history.ts';
import { RealEngine } from '../support/real-engine.ts';
import { assertCounted, historyOf, playBoth } from '../support/real-history.ts';
import { loadSharedOracle } from '../support/shared-oracle.ts';

describe('2,000 random events over NATS', () => {
  let engine: RealEngine;

  before(async () => {
    engine = await RealEngine.start({ instruments });
  });

  after(async () => {
    await engine.stop();
  });

  it('come to what the oracle says of them, at every tick and to the last figure', async () => {
    const oracle = new (await loadSharedOracle())();
    for (const [symbol, fields] of Object.entries(instruments)) oracle.instrument(symbol, fields);
    const accounts = ['usd', 'eur', 'jpy', 'usd2', 'eur2', 'jpy2'];
    for (const account of accounts) {
      const message = { type: 'open', base_currency: account.slice(0, 3).toUpperCase() };
      oracle.apply(`accounts.${account}`, message, await engine.settle(`accounts.${account}`, message));
    }
    // The oracle knows no session days: no time passes over the end of one.
    const steps = historyOf(accounts, 2000, 20260308).filter((s) => s.step !== 'wait');
    const tally = await playBoth(engine, oracle, accounts, steps, 10);
    await assertCounted(engine, tally);
    assert.ok(tally.applied > 1000, `${tally.applied} applied`);
    for (const reason of ['id_conflict', 'currency_unknown', 'precision_exceeds_scale', 'style_forbids']) {
      assert.ok((tally.rejected[reason] ?? 0) > 0, `no ${reason}`);
    }
  });
});
