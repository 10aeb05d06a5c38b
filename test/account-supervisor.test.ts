/**
 * One account fails, the others go on. The engine runs in this process over a real nats-server; that an assertion about
 * an account is false is the one thing that nothing real does on demand, so a port throws in the account's stead.
 */
import assert from 'node:assert/strict';
import { connect, type NatsConnection } from 'nats';
import { loadConfig } from '../config/load.ts';
import { startEngine, type RunningEngine } from '../src/engine.ts';
import type { Ports } from '../src/ports.ts';
import { silentLog } from './streams/support/silent-log.ts';
import { startNats, type TestNats } from './support/nats.ts';
import { until } from './support/until.ts';

const config = loadConfig({ env: {} });

describe('an account that fails', function () {
  this.timeout(60_000);
  let server: TestNats;
  let nats: NatsConnection;
  let engine: RunningEngine;
  /** How many more times the effect of this event cannot be told. */
  let failures: Record<string, number>;

  const failing = (ports: Ports): Ports => {
    const { frames } = ports;
    const tell = frames.effect.bind(frames);
    frames.effect = (effect) => {
      const id = 'id' in effect.event ? effect.event.id : '';
      const left = failures[id] ?? 0;
      failures[id] = left - 1;
      if (left > 0) throw new Error(`no more of ${id}`);
      tell(effect);
    };
    return ports;
  };

  beforeEach(async () => {
    failures = {};
    server = await startNats();
    nats = await connect({ servers: server.url });
    engine = await startEngine(config, { natsUrl: server.url, log: silentLog(), adapt: failing });
  });

  afterEach(async () => {
    await engine.stop();
    await nats.close();
    await server.stop();
  });

  const settle = async (subject: string, message: unknown): Promise<number> =>
    (await nats.jetstream().publish(subject, JSON.stringify(message))).seq;
  const deposit = (account: string, id: string, amount: number): Promise<number> =>
    settle(`cash.${account}`, { id, type: 'deposit', amount });
  const inspect = async (account: string): Promise<Record<string, unknown>> =>
    (
      await nats.request('tidemark.inspect', JSON.stringify({ account_id: account }), { timeout: 5_000 })
    ).json();
  const stands = (account: string, sequence: number): Promise<Record<string, unknown>> =>
    until(
      async () => {
        const view = await inspect(account);
        return view['sequence'] === sequence && view['tick'] !== 0 ? view : null;
      },
      { what: `${account} to be at ${sequence}`, timeoutMs: 20_000 },
    );
  /** Ids of events in effect rows of FRAMES, as often as they are there. */
  const framed = async (): Promise<string[]> => {
    const manager = await nats.jetstreamManager();
    const ids: string[] = [];
    const { state } = await manager.streams.info('FRAMES');
    for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq++) {
      const { subject, data } = await manager.streams.getMessage('FRAMES', { seq });
      if (subject !== 'frames.0.effects') continue;
      for (const line of new TextDecoder().decode(data).trim().split('\n')) {
        ids.push((JSON.parse(line) as unknown[])[4] as string);
      }
    }
    return ids;
  };

  it('once is rebuilt: its figures are as if nothing had happened, each event is told once', async () => {
    await deposit('a', 'd1', 1_000);
    failures['d2'] = 1;
    await settle('cash.a', [
      { id: 'x1', type: 'deposit', amount: 10 },
      { id: 'd2', type: 'deposit', amount: 200 },
      { id: 'x2', type: 'deposit', amount: 30 },
    ]);
    await deposit('b', 'd1', 7);
    const last = await deposit('a', 'd3', 4_000);
    assert.deepEqual((await stands('a', last))['cash'], { USD: 5_240 });
    assert.equal((await inspect('a'))['state'], 'active.healthy');
    assert.deepEqual((await inspect('b'))['cash'], { USD: 7 });
    const all = await until(
      async () => {
        const ids = await framed();
        return ids.includes('d3') ? ids : null;
      },
      { what: 'the frames', timeoutMs: 20_000 },
    );
    assert.deepEqual([...all].sort(), ['d1', 'd1', 'd2', 'd3', 'x1', 'x2']);
  });

  it('again is suspended as it stood before, with an alert; the others go on', async () => {
    const first = await deposit('a', 'd1', 1_000);
    await stands('a', first);
    failures['bad'] = 5;
    await deposit('a', 'bad', 1);
    await deposit('a', 'd3', 1);
    const last = await deposit('b', 'd1', 7);
    await stands('b', last);
    await until(async () => (await inspect('a'))['state'] === 'suspended', {
      what: 'a to be suspended',
      timeoutMs: 20_000,
    });
    const view = await inspect('a');
    assert.deepEqual([view['cash'], view['sequence']], [{ USD: 1_000 }, first]);
    const manager = await nats.jetstreamManager();
    const alert = await until(
      () => manager.streams.getMessage('ALERTS', { last_by_subj: 'alerts.suspension.a.>' }).catch(() => null),
      { what: 'the alert', timeoutMs: 20_000 },
    );
    assert.match(new TextDecoder().decode(alert.data), /"state":"raised"/);
    // What came for it is in LEDGER: the next start tries again.
    await engine.stop();
    failures = {};
    engine = await startEngine(config, { natsUrl: server.url, log: silentLog(), adapt: failing });
    const after = await inspect('a');
    assert.deepEqual([after['cash'], after['state']], [{ USD: 1_002 }, 'active.healthy']);
    // Rows of others had been framed around them.
    const all = await until(
      async () => {
        const ids = await framed();
        return ids.includes('d3') ? ids : null;
      },
      { what: 'the frames', timeoutMs: 20_000 },
    );
    assert.deepEqual([...all].sort(), ['bad', 'd1', 'd1', 'd3']);
  });
});
