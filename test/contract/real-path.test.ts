/**
 * The real path: `tidemark up`, a plain NATS client that publishes what a back end would, figures read back from the
 * service `tidemark`, held to the suite's own oracle.
 */
import assert from 'node:assert/strict';
import { instruments } from '../support/history.ts';
import { NaiveOracle } from '../support/oracle.ts';
import { publishedSchema } from '../support/published-schema.ts';
import { RealEngine } from '../support/real-engine.ts';
import type { Emission } from '../support/real-engine.ts';
import { assertCounted, historyOf, playBoth } from '../support/real-history.ts';
import { until } from '../support/until.ts';

/** What was emitted, answered, refused and alerted is what docs/schemas says. */
async function assertAsPublished(engine: RealEngine, accounts: readonly string[]): Promise<void> {
  const isEquity = publishedSchema('equity');
  for (const emission of engine.emissions) isEquity(emission);
  const isInspect = publishedSchema('inspect');
  for (const account of accounts) {
    const answer = await engine.inspect(account);
    if (answer !== null) isInspect(answer);
  }
  for (const [stream, schema] of [
    ['DEAD_LETTERS', 'dead_letter'],
    ['ALERTS', 'alert'],
  ] as const) {
    const isAsPublished = publishedSchema(schema);
    const manager = await engine.nats.jetstreamManager();
    const { first_seq, last_seq } = (await manager.streams.info(stream)).state;
    for (let seq = first_seq; seq > 0 && seq <= last_seq; seq++) {
      isAsPublished((await manager.streams.getMessage(stream, { seq })).json());
    }
  }
}

describe('the engine, published to and asked over NATS', function () {
  this.timeout(180_000);
  let engine: RealEngine;

  afterEach(async () => {
    await engine.stop();
  });

  it('says of 300 random events what the oracle says, and emits for whom it says', async () => {
    engine = await RealEngine.start({ instruments });
    const accounts = ['a', 'b', 'c', '7'];
    const oracle = new NaiveOracle();
    for (const [symbol, fields] of Object.entries(instruments)) oracle.instrument(symbol, fields);
    await engine.settle('accounts.b', { type: 'open', base_currency: 'EUR' });
    oracle.apply('accounts.b', { type: 'open', base_currency: 'EUR' }, 1);
    const tally = await playBoth(engine, oracle, accounts, historyOf(accounts, 300, 2026), 5);
    await assertCounted(engine, tally);
    assert.ok(tally.applied > 150, `${tally.applied} applied`);
    await assertAsPublished(engine, accounts);
  });

  it('emits once for an account and tick, whatever comes between two ticks of its clock', async () => {
    await engine.stop();
    engine = await RealEngine.start({
      env: { TIDEMARK_TICK_SOURCE: 'clock', TIDEMARK_TICK_INTERVAL_MS: '20' },
    });
    const holders = ['h1', 'h2', 'h3'];
    for (const account of holders) {
      await engine.settle(`settlements.${account}`, {
        id: '1',
        symbol: 'X',
        side: 'buy',
        quantity: '1',
        price: '1',
      });
    }
    await engine.settle('cash.idle', { id: '1', type: 'deposit', amount: 100 });
    const of = (account: string): readonly Emission[] =>
      engine.emissions.filter((e) => e.account_id === account);
    await until(() => [...holders, 'idle'].every((account) => of(account).length > 0), {
      what: 'first emissions',
    });
    const idleBefore = of('idle').length;
    const prices = 5000;
    for (let i = 1; i <= prices; i++) {
      engine.price('X', { price: i / 100 });
      // Two fills an account on the way, each with prices before and after it.
      if (i % 2500 === 1000) {
        for (const account of holders) {
          await engine.settle(`settlements.${account}`, {
            id: `f${i}`,
            symbol: 'X',
            side: 'buy',
            quantity: '1',
            price: '1',
          });
        }
      }
      if (i % 500 === 0) await engine.nats.flush();
    }
    // 3 x 50.00 less 3 x 1.00
    const isLast = (account: string): boolean => of(account).at(-1)?.['total_equity'] === 14700;
    await until(() => holders.every(isLast), { what: 'the last price in the equity of each holder' });
    for (const account of holders) {
      const ticks = of(account).map((e) => e.tick);
      assert.deepEqual(
        ticks,
        [...new Set(ticks)].sort((a, b) => a - b),
        'once a tick, and never back',
      );
      assert.ok(ticks.length < prices, 'prices between two ticks are one emission');
      const sequences = of(account).map((e) => Number(e['sequence']));
      assert.deepEqual(
        sequences,
        [...sequences].sort((a, b) => a - b),
      );
    }
    assert.equal(of('idle').length, idleBefore, 'an unchanged account emits nothing');
    await assertAsPublished(engine, [...holders, 'idle']);
  });
});
