/**
 * The real path: `tidemark up`, a plain NATS client that publishes what a back end would, figures read back from the
 * service `tidemark`, held to the suite's own oracle.
 */
import assert from 'node:assert/strict';
import { instruments } from '../support/history.ts';
import { NaiveOracle } from '../support/oracle.ts';
import { RealEngine } from '../support/real-engine.ts';
import { assertCounted, historyOf, playBoth } from '../support/real-history.ts';

describe('the engine, published to and asked over NATS', function () {
  this.timeout(180_000);
  let engine: RealEngine;

  beforeEach(async () => {
    engine = await RealEngine.start({ instruments });
  });

  afterEach(async () => {
    await engine.stop();
  });

  it('says of 300 random events what the oracle says, and emits for whom it says', async () => {
    const accounts = ['a', 'b', 'c', '7'];
    const oracle = new NaiveOracle();
    for (const [symbol, fields] of Object.entries(instruments)) oracle.instrument(symbol, fields);
    await engine.settle('accounts.b', { type: 'open', base_currency: 'EUR' });
    oracle.apply('accounts.b', { type: 'open', base_currency: 'EUR' }, 1);
    const tally = await playBoth(engine, oracle, accounts, historyOf(accounts, 300, 2026), 5);
    await assertCounted(engine, tally);
    assert.ok(tally.applied > 150, `${tally.applied} applied`);
  });
});
