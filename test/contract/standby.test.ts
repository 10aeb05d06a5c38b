/**
 * Two engines of one partition as real processes: who answers for it, and that what one owner raised, the next one
 * neither raises again nor leaves standing.
 */
import assert from 'node:assert/strict';
import { connect, StringCodec, type NatsConnection } from 'nats';
import type { EngineStats } from '../../src/domain/engine-stats.ts';
import { startNats, type TestNats } from '../support/nats.ts';
import { runTidemark, spawnTidemark, type Tidemark } from '../support/tidemark.ts';
import { until } from '../support/until.ts';

const text = StringCodec();
type Stats = EngineStats & { readonly pid: number };

describe('an engine and its standby', function () {
  this.timeout(90_000);
  let nats: TestNats;
  let connection: NatsConnection;
  let engines: Tidemark[] = [];

  beforeEach(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url });
  });
  afterEach(async () => {
    for (const { process, ended } of engines) {
      process.kill('SIGKILL');
      await ended;
    }
    engines = [];
    await connection.close();
    await nats.stop();
  });

  function startEngine(settings: Record<string, string> = {}): Tidemark {
    const engine = spawnTidemark(['run', 'engine'], {
      TIDEMARK_NATS_URL: nats.url,
      TIDEMARK_LOG_LEVEL: 'warn',
      ...settings,
    });
    engines.push(engine);
    return engine;
  }

  async function stats(timeout = 500): Promise<Stats> {
    return (await connection.request('tidemark.stats', '', { timeout })).json<Stats>();
  }

  async function standbys(): Promise<Stats[]> {
    const found: Stats[] = [];
    for await (const reply of await connection.requestMany('tidemark.standby.stats', '', { maxWait: 200 })) {
      found.push(reply.json<Stats>());
    }
    return found;
  }

  const live = (engine: Tidemark): Promise<Stats> =>
    until(
      async () => {
        const now = await stats();
        return now.state === 'live' && now.pid === engine.process.pid && now;
      },
      { what: `engine ${String(engine.process.pid)} to be live`, timeoutMs: 30_000 },
    );

  async function pair(settings: Record<string, string> = {}): Promise<[Tidemark, Tidemark]> {
    const first = startEngine(settings);
    await live(first);
    const second = startEngine(settings);
    await until(async () => (await standbys()).length === 1, { what: 'the standby', timeoutMs: 30_000 });
    return [first, second];
  }

  async function cash(id: string, type: string, amount: number): Promise<number> {
    const message = text.encode(JSON.stringify({ id, type, amount }));
    return (await connection.jetstream().publish('cash.7', message)).seq;
  }

  /** Alerts that the stream has, as subjects without their head. */
  async function alerts(): Promise<string[]> {
    const manager = await connection.jetstreamManager();
    const { state } = await manager.streams.info('ALERTS', { subjects_filter: '>' });
    return Object.keys(state.subjects ?? {})
      .map((subject) => subject.replace(/^alerts\./, ''))
      .sort();
  }

  const applied = (sequence: number): Promise<unknown> =>
    until(async () => (await stats()).ledger_sequence >= sequence, {
      what: `LEDGER ${sequence} to be applied`,
    });

  /** Every answer to a number of requests is of one process. */
  async function allAnswersAreOf(engine: Tidemark): Promise<void> {
    for (let i = 0; i < 40; i++) {
      assert.equal((await stats(5_000)).pid, engine.process.pid);
      const inspected = await connection.request('tidemark.inspect', '{"account_id":"7"}', {
        timeout: 5_000,
      });
      assert.equal(inspected.headers?.get('Nats-Service-Error-Code') ?? '', '');
    }
  }

  it('answer apart: the owner for the partition, the standby for itself', async () => {
    const [owner, standby] = await pair();
    await applied(await cash('d1', 'deposit', 100));
    await allAnswersAreOf(owner);
    const [found] = await standbys();
    assert.deepEqual([found?.state, found?.pid], ['acquiring', standby.process.pid]);
    const { lags, recovery } = await stats();
    assert.equal(recovery, undefined);
    assert.deepEqual(Object.keys(lags), ['ledger', 'frames', 'effects', 'checkpoint', 'sink']);
    assert.equal(lags.sink, null);
    await until(async () => (await stats()).lags.checkpoint === 0, { what: 'a checkpoint' });
    const isIdle = async (): Promise<boolean> => {
      const { frames, ledger, effects } = (await stats()).lags;
      return JSON.stringify([frames, ledger, effects]) === '[{"bytes":0,"rows":0},0,0]';
    };
    await until(isIdle, { what: 'nothing to be under way' });

    const doctor = await runTidemark(['doctor', '--json'], { TIDEMARK_NATS_URL: nats.url });
    const findings = JSON.parse(doctor.stdout) as { check: string; ok: boolean; detail: string }[];
    const detail = (check: string): string | undefined =>
      findings.find((each) => each.check === check)?.detail;
    assert.equal(detail('engine'), `live, 1 accounts, process ${String(owner.process.pid)}, 1 stand by`);
    assert.match(String(detail('lags')), /^ledger 0 messages, effects 0 bytes, .*, sink unknown$/);
  });

  it('raise an alert once between them, and clear it under its id', async () => {
    const [owner, standby] = await pair();
    await cash('d1', 'deposit', 100);
    const overdrawn = await cash('w1', 'withdrawal', 150);
    await applied(overdrawn);
    await until(async () => (await alerts()).length === 1, { what: 'the alert' });
    owner.process.kill('SIGKILL');
    await live(standby);
    assert.deepEqual(await alerts(), [`overdraft.7.USD-${overdrawn}-0.raised`]);
    await applied(await cash('d2', 'deposit', 100));
    await until(async () => (await alerts()).length === 2, { what: 'the clearing' });
    assert.deepEqual(await alerts(), [
      `overdraft.7.USD-${overdrawn}-0.cleared`,
      `overdraft.7.USD-${overdrawn}-0.raised`,
    ]);
    standby.process.kill('SIGTERM');
    assert.equal(await standby.ended, 0);
  });

  it('answer as one while the former owner hangs, and when it goes on', async () => {
    const [owner, standby] = await pair();
    await applied(await cash('d1', 'deposit', 100));
    owner.process.kill('SIGSTOP');
    await live(standby);
    await allAnswersAreOf(standby);
    owner.process.kill('SIGCONT');
    await allAnswersAreOf(standby);
    assert.equal(await owner.ended, 1);
    await allAnswersAreOf(standby);
  });

  it('tell how far they are while they bring the past back', async () => {
    // Without checkpoints all of it is brought back, which takes long enough to be seen.
    const [owner, standby] = await pair({ TIDEMARK_CHECKPOINT_INTERVAL_MS: '600000' });
    let last = 0;
    for (let message = 0; message < 2_000; message++) {
      const deposits = Array.from({ length: 50 }, (_, i) => ({
        id: `${message}-${i}`,
        type: 'deposit',
        amount: 1,
      }));
      const publishing = connection
        .jetstream()
        .publish(`cash.${message % 100}`, text.encode(JSON.stringify(deposits)));
      if (message % 100 === 99) last = (await publishing).seq;
    }
    await applied(last);
    owner.process.kill('SIGKILL');
    const seen: Stats[] = [];
    await until(
      async () => {
        const now = await stats();
        if (now.recovery !== undefined) seen.push(now);
        return now.state === 'live' && now.pid === standby.process.pid;
      },
      { what: 'the standby to be live', timeoutMs: 30_000, pollMs: 1 },
    );
    assert.notEqual(seen.length, 0);
    for (const { state, recovery, pid } of seen) {
      assert.equal(pid, standby.process.pid);
      assert.ok(['restoring', 'catching_up'].includes(state), state);
      assert.ok(
        ['changelog', 'effects', 'frames', 'ledger', 'prices', 'tail'].includes(recovery?.phase ?? ''),
      );
      assert.ok((recovery?.through ?? NaN) <= last);
    }
    assert.equal((await stats()).recovery, undefined);
  });
});
