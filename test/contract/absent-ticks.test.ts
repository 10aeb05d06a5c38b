/** With `tick.source: nats` somebody else gives the ticks, and may stop: what waits for them is bounded, and nothing is lost. */
import assert from 'node:assert/strict';
import { connect, type NatsConnection } from 'nats';
import { loadConfig } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { startEngine, type RunningEngine } from '../../src/engine.ts';
import { silentLog } from '../streams/support/silent-log.ts';
import { startNats, type TestNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

const elements = limits.messageElementsMax;
/** As many as the bound takes, and some more. */
const messages = limits.untickedRowsMax / elements + 5;

describe('a ledger without ticks', function () {
  this.timeout(120_000);
  let server: TestNats;
  let nats: NatsConnection;
  let engine: RunningEngine;
  const config = loadConfig({ env: { TIDEMARK_TICK_SOURCE: 'nats' } });

  before(async () => {
    server = await startNats();
    nats = await connect({ servers: server.url });
    engine = await startEngine(config, { natsUrl: server.url, log: silentLog() });
  });

  after(async () => {
    await engine.stop();
    await nats.close();
    await server.stop();
  });

  const stats = async (): Promise<Record<string, unknown>> =>
    (await nats.request('tidemark.stats', '{}', { timeout: 5_000 })).json();
  const waits = (): Promise<unknown> =>
    until(async () => (await stats())['ledger_waits_for_tick'] === true, {
      what: 'the ledger to wait',
      timeoutMs: 60_000,
    });
  const tick = async (number: number): Promise<void> => {
    // Else what follows would be told of a tick that nobody sent.
    assert.equal((await stats())['tick'], number - 1);
    nats.publish('ticks', JSON.stringify({ tick: number, ts: 1_760_000_000_000 + number }));
    await until(async () => (await stats())['tick'] === number, {
      what: `tick ${number}`,
      timeoutMs: 60_000,
    });
  };
  const publish = async (from: number, count: number): Promise<void> => {
    for (let message = from; message < from + count; message++) {
      const deposits = Array.from({ length: elements }, (_, i) => {
        return { id: `d${message}-${i}`, type: 'deposit', amount: 1 };
      });
      await nats.jetstream().publish('cash.a', JSON.stringify(deposits));
    }
  };

  it('is applied up to the bound, and all of it once a tick comes', async () => {
    await publish(1, messages);
    await waits();
    const { ledger_sequence: sequence } = await stats();
    assert.equal(sequence, limits.untickedRowsMax / elements + 1);
    await tick(1);
    const after = await stats();
    assert.deepEqual([after['ledger_sequence'], after['ledger_waits_for_tick']], [messages, false]);
    const view = (await nats.request('tidemark.inspect', '{"account_id":"a"}')).json<
      Record<string, unknown>
    >();
    assert.equal(view['total_equity'], messages * elements);
    const { streams } = await nats.jetstreamManager();
    const rows = await until(
      async () => {
        const { state } = await streams.info('FRAMES');
        let found = 0;
        for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
          const { subject, header } = await streams.getMessage('FRAMES', { seq });
          if (subject === 'frames.0.effects') found += Number(header.get('Tidemark-Rows'));
        }
        return found >= messages * elements ? found : null;
      },
      { what: 'every row to be framed', timeoutMs: 60_000 },
    );
    assert.equal(rows, messages * elements);
  });

  it('does not keep an engine from going live that is behind by more', async () => {
    await engine.stop();
    const { consumers } = await nats.jetstreamManager();
    const left = await consumers.list('KV_INSTRUMENTS').next();
    assert.deepEqual(left, [], 'what was read by the engine that has ended');
    await publish(messages + 1, messages);
    engine = await startEngine(config, { natsUrl: server.url, log: silentLog() });
    await waits();
    assert.equal((await stats())['state'], 'live');
    await tick(2);
    assert.equal((await stats())['ledger_sequence'], 2 * messages);
  });
});
