/**
 * An account that is made anew stands as its twin does, which had the same events and never failed. The engine runs in
 * this process over a real nats-server; a port throws in the account's stead.
 */
import assert from 'node:assert/strict';
import { connect, type NatsConnection } from 'nats';
import { loadConfig } from '../config/load.ts';
import { startEngine, type RunningEngine } from '../src/engine.ts';
import type { Ports } from '../src/ports.ts';
import { silentLog } from './streams/support/silent-log.ts';
import { startNats, type TestNats } from './support/nats.ts';
import { until } from './support/until.ts';

type View = Record<string, unknown>;

/** Where they may differ: their name, and what follows from where in LEDGER their messages are. */
const ownFields = ['account_id', 'sequence', 'timestamp', 'tick'];

describe('an account that is made anew', function () {
  this.timeout(60_000);
  let server: TestNats;
  let nats: NatsConnection;
  let engine: RunningEngine;
  /** How many more times the effect of this event of `a` cannot be told. */
  let failures: Record<string, number>;

  const failing = (ports: Ports): Ports => {
    const { frames } = ports;
    const tell = frames.effect.bind(frames);
    frames.effect = (effect) => {
      const id = 'id' in effect.event && effect.accountId === 'a' ? effect.event.id : '';
      const left = failures[id] ?? 0;
      failures[id] = left - 1;
      if (left > 0) throw new Error(`no more of ${id}`);
      tell(effect);
    };
    return ports;
  };

  const start = async (intervalMs: number, env: Readonly<Record<string, string>> = {}): Promise<void> => {
    const config = loadConfig({ env: { TIDEMARK_CHECKPOINT_INTERVAL_MS: String(intervalMs), ...env } });
    engine = await startEngine(config, { natsUrl: server.url, log: silentLog(), adapt: failing });
  };

  beforeEach(async () => {
    failures = {};
    server = await startNats();
    nats = await connect({ servers: server.url });
  });

  afterEach(async () => {
    await engine.stop();
    await nats.close();
    await server.stop();
  });

  const inspect = async (account: string): Promise<View> =>
    (
      await nats.request('tidemark.inspect', JSON.stringify({ account_id: account }), { timeout: 5_000 })
    ).json();
  const stats = async (): Promise<View> =>
    (await nats.request('tidemark.stats', '{}', { timeout: 5_000 })).json();
  const publish = async (subject: string, message: unknown): Promise<number> =>
    (await nats.jetstream().publish(subject, JSON.stringify(message))).seq;
  const appliedBy = async (account: string, sequence: number): Promise<void> => {
    await until(async () => (await inspect(account))['sequence'] === sequence, {
      what: `${account} to be at ${sequence}`,
      timeoutMs: 20_000,
    });
  };
  /** The same to both, and until both have it. */
  const both = async (kind: string, message: object): Promise<void> => {
    const [a, b] = [await publish(`${kind}.a`, message), await publish(`${kind}.b`, message)];
    await Promise.all([appliedBy('a', a), appliedBy('b', b)]);
  };
  /** A price, and until an account's figure shows it. */
  const price = async (symbol: string, value: string, shows: (view: View) => boolean): Promise<void> => {
    nats.publish(`prices.${symbol}`, JSON.stringify({ price: value, ts: Date.now() }));
    await until(async () => shows(await inspect('b')) && shows(await inspect('a')), {
      what: `${symbol} at ${value}`,
      timeoutMs: 20_000,
    });
  };
  const equityIs =
    (minor: number) =>
    (view: View): boolean =>
      view['total_equity'] === minor;
  const common = (view: View): View =>
    Object.fromEntries(Object.entries(view).filter(([field]) => !ownFields.includes(field)));
  const assertTwins = async (): Promise<View> => {
    await until(async () => (await inspect('a'))['state'] === (await inspect('b'))['state'], {
      what: 'a to take events again',
      timeoutMs: 20_000,
    });
    // Whatever changed by now is measured by then.
    const tick = (await stats())['tick'] as number;
    await until(async () => ((await stats())['tick'] as number) > tick + 1, { what: 'two ticks' });
    const [a, b] = [common(await inspect('a')), common(await inspect('b'))];
    assert.deepEqual(a, b);
    return a;
  };

  it('has what was booked late, and its peak, falls and day, though nothing of it was written since', async () => {
    await start(600_000);
    await both('cash', { id: 'd1', type: 'deposit', amount: 1_000_000 });
    await both('cash', { id: 'd2', type: 'deposit', amount: 100_000, currency: 'EUR' });
    await both('settlements', { id: 'f1', symbol: 'ACME', side: 'buy', quantity: 100, price: 50 });
    await price('EURUSD', '1.10', equityIs(1_110_000));
    await price('ACME', '90', equityIs(1_510_000));
    await price('ACME', '20', equityIs(810_000));
    await price('EURUSD', '1.30', equityIs(830_000));
    await price('ACME', '60', equityIs(1_230_000));
    failures['d3'] = 1;
    await both('cash', { id: 'd3', type: 'deposit', amount: 50_000 });
    const view = await assertTwins();
    assert.equal(view['net_flow'], 1_160_000);
    assert.ok((view['max_drawdown'] as number) < -0.4, 'it has fallen');
  });

  it('values a void that had waited as it was valued then', async () => {
    await start(600_000);
    await both('cash', { id: 'd1', type: 'deposit', amount: 1_000_000 });
    await both('settlements', { id: 'f1', symbol: 'ACME', side: 'buy', quantity: 100, price: 50 });
    await price('ACME', '60', equityIs(1_100_000));
    await both('cash', { id: 'v1', type: 'void', of: 'd2' });
    await both('cash', { id: 'd2', type: 'deposit', amount: 500_000 });
    await price('ACME', '30', equityIs(800_000));
    failures['d3'] = 1;
    await both('cash', { id: 'd3', type: 'deposit', amount: 50_000 });
    assert.equal((await assertTwins())['net_flow'], 1_050_000);
  });

  it('once suspended holds no checkpoint back, and is valued at the marks of the start that tries again', async () => {
    await start(100);
    await both('cash', { id: 'd1', type: 'deposit', amount: 1_000_000 });
    await both('settlements', { id: 'f1', symbol: 'ACME', side: 'buy', quantity: 100, price: 50 });
    await price('ACME', '90', equityIs(1_400_000));
    failures['d2'] = 5;
    for (const account of ['a', 'b']) {
      await publish(`cash.${account}`, { id: 'd2', type: 'deposit', amount: 600_000 });
      await publish(`cash.${account}`, { id: 'broken', type: 'deposit', amount: -1 });
      await publish(`cash.${account}`, { id: 'd3', type: 'withdrawal', amount: 70_000 });
    }
    const last = await publish('cash.c', { id: 'd1', type: 'deposit', amount: 7 });
    await until(async () => (await inspect('a'))['state'] === 'suspended', { what: 'a to be suspended' });
    await until(async () => (await stats())['checkpoint_sequence'] === last, {
      what: 'a checkpoint behind all of it',
      timeoutMs: 20_000,
    });
    const { streams } = await nats.jetstreamManager();
    assert.deepEqual(
      [(await inspect('a'))['net_flow'], (await inspect('b'))['net_flow']],
      [1_000_000, 1_530_000],
    );
    await engine.stop();
    // Longer than they are kept.
    await streams.purge('EFFECTS');
    await streams.purge('FRAMES');
    failures = {};
    await start(100);
    const view = await assertTwins();
    assert.deepEqual([view['net_flow'], view['state']], [1_530_000, 'active.healthy']);
    // What was refused of it had been judged by nobody.
    const framed = await until(
      async () => {
        const message = await streams
          .getMessage('FRAMES', { last_by_subj: 'frames.0.effects' })
          .catch(() => null);
        return message === null ? null : new TextDecoder().decode(message.data);
      },
      { what: 'the frame of what was valued now', timeoutMs: 20_000 },
    );
    assert.match(framed, /"rejected"/);
    await until(
      async () => {
        const { data } = await streams.getMessage('KV_ACCOUNTS', {
          last_by_subj: '$KV.ACCOUNTS.checkpoint.0',
        });
        return (JSON.parse(new TextDecoder().decode(data)) as { held: unknown[] }).held.length === 0;
      },
      { what: 'a checkpoint that holds nobody back', timeoutMs: 20_000 },
    );
  });

  it('says of a void that was refused before what became of it then', async () => {
    await start(600_000, { TIDEMARK_VOIDS_WAIT_MS: '0' });
    await both('cash', { id: 'd1', type: 'deposit', amount: 1000 });
    const sequence = await publish('cash.a', { id: 'v1', type: 'void', of: 'never' });
    await appliedBy('a', sequence);
    const outcome = async (): Promise<unknown> => {
      const request = JSON.stringify({ account_id: 'a', sequence });
      return (await nats.request('tidemark.outcome', request, { timeout: 5_000 })).json<View>()['outcome'];
    };
    // Whatever comes a millisecond later shows that it has waited for too long.
    await both('cash', { id: 'd2', type: 'deposit', amount: 1000 });
    assert.equal(await outcome(), 'rejected');
    failures = { d3: 1 };
    await both('cash', { id: 'd3', type: 'deposit', amount: 1000 });
    assert.equal(await outcome(), 'rejected');
  });
});
