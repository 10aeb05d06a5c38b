/** The sink over a real nats-server and the real engine: once each, whatever happens on the way. */
import assert from 'node:assert/strict';
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { connect, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats';
import type { Log } from '../src/ports.ts';
import { startSink, type Sink } from '../src/sink.ts';
import { frameRow, publishFence, publishFrame, type TestFrame } from './support/frames.ts';
import { startNats, type TestNats } from './support/nats.ts';
import { startStoreProcess, type TestStore } from './support/store-process.ts';
import { until } from './support/until.ts';

const jan2 = Date.UTC(2026, 0, 2);
const errors: object[] = [];
const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields) => errors.push(fields),
};

describe('the sink', function () {
  this.timeout(120_000);
  let nats: TestNats;
  let store: TestStore;
  let connection: NatsConnection;
  let js: JetStreamClient;
  let jsm: JetStreamManager;
  let client: ClickHouseClient;
  let sink: Sink;

  const start = async (): Promise<void> => {
    const { url, user, password } = store;
    sink = await startSink({ nats, clickhouse: () => ({ url, user, password, database: 'tidemark' }), log });
  };
  const rows = async <T>(query: string): Promise<T[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<T>();
  const count = async (table: string): Promise<number> =>
    Number((await rows<{ n: string }>(`SELECT count() AS n FROM ${table}`))[0]?.n);
  const drained = (): Promise<unknown> =>
    until(
      async () => {
        const { num_pending, num_ack_pending } = await jsm.consumers.info('FRAMES', 'sink');
        return num_pending === 0 && num_ack_pending === 0;
      },
      { what: 'every frame to be acknowledged', timeoutMs: 60_000 },
    );

  let names = 0;
  const curve = (n: number, given: Partial<TestFrame> = {}): TestFrame => {
    const name = given.name ?? `1:0:${++names}:0`;
    const row = (at: number): unknown[] =>
      frameRow('equity_curve', {
        ts: jan2 + at,
        tick: jan2 + at,
        total_equity: 1000 + at,
        nav: 1,
        epoch: 1,
        wiped_out: false,
      });
    return { table: 'equity_curve', rows: Array.from({ length: n }, (_, at) => row(at)), ...given, name };
  };

  before(async () => {
    [nats, store] = await Promise.all([startNats(), startStoreProcess()]);
    connection = await connect({ servers: nats.url, maxReconnectAttempts: -1 });
    js = connection.jetstream();
    jsm = await connection.jetstreamManager();
    const { url, user, password } = store;
    const settings = { output_format_json_quote_64bit_integers: 1 } as const;
    const options = { url, username: user, password, database: 'tidemark', clickhouse_settings: settings };
    client = createClient({ ...options, log: { level: ClickHouseLogLevel.OFF } });
    await start();
  });

  after(async () => {
    await sink.stop();
    await client.close();
    await connection.close();
    await Promise.all([nats.stop(), store.stop()]);
  });

  beforeEach(async () => {
    for (const table of [
      'equity_curve',
      'effects',
      'settlements',
      'cash_flows',
      'position_changes',
      'dead_letters',
      'prices',
    ]) {
      await client.command({ query: `TRUNCATE TABLE ${table}` });
    }
    errors.length = 0;
  });

  it('puts a frame of the curve into its table, with milliseconds and nulls', async () => {
    const row = frameRow('equity_curve', {
      ts: jan2 + 1,
      tick: 5,
      total_equity: 12873423,
      day_change: -7,
      day_change_percent: null,
      nav: null,
      epoch: 1,
      wiped_out: true,
    });
    await publishFrame(js, { name: `1:0:${++names}:0`, table: 'equity_curve', rows: [row] });
    await drained();
    const query = `SELECT account_id, toString(session_date) AS day, toString(ts) AS ts, tick, total_equity, day_change,
      day_change_percent, nav, nav_low, wiped_out, units FROM equity_curve`;
    assert.deepEqual(await rows(query), [
      {
        account_id: '7',
        day: '2026-01-02',
        ts: '2026-01-02 00:00:00.001',
        tick: '5',
        total_equity: '12873423',
        day_change: '-7',
        day_change_percent: null,
        nav: null,
        nav_low: null,
        wiped_out: true,
        units: null,
      },
    ]);
  });

  it('makes settlements, cash flows, position changes and dead letters of effects', async () => {
    const fill = {
      sequence: 1,
      id: 'f1',
      kind: 'fill',
      symbol: 'AAPL',
      side: 'buy',
      quantity: '10',
      price: '187.23',
    };
    const effect = (given: object): unknown[] =>
      frameRow('effects', {
        ts: jan2,
        quantity_before: '0',
        quantity_after: '0',
        cost_before: 0,
        cost_after: 0,
        ...given,
      });
    const frame: TestFrame = {
      name: 'effects:0:1-5',
      table: 'effects',
      rows: [
        effect({ ...fill, cash_effect: -187230, quantity_after: '10', cost_after: 187230, fees: 100 }),
        effect({
          sequence: 2,
          id: 't1',
          kind: 'transfer',
          symbol: 'AAPL',
          side: 'in',
          quantity: '0.0001',
          price: '1',
        }),
        effect({ sequence: 3, id: 'd1', kind: 'deposit', amount: 500, cash_effect: 500, flow_base: null }),
        effect({ sequence: 4, id: 'v1', kind: 'suspend' }),
        effect({
          sequence: 5,
          idx: 2,
          id: '',
          kind: 'rejected',
          reason: 'malformed',
          subject: 'cash.7',
          payload: '{',
        }),
      ],
    };
    await publishFrame(js, frame);
    await drained();
    assert.equal(await count('effects'), 5);
    assert.deepEqual(
      await rows(
        'SELECT id, kind, toString(quantity) AS q, toString(price) AS p, cash_effect, fees FROM settlements',
      ),
      [
        { id: 'f1', kind: 'fill', q: '10', p: '187.23', cash_effect: '-187230', fees: '100' },
        { id: 't1', kind: 'transfer', q: '0.0001', p: '1', cash_effect: '0', fees: '0' },
      ],
    );
    assert.deepEqual(await rows('SELECT id, amount, flow_base FROM cash_flows'), [
      { id: 'd1', amount: '500', flow_base: null },
    ]);
    assert.deepEqual(
      await rows('SELECT id, toString(quantity_after) AS q, cost_after FROM position_changes'),
      [{ id: 'f1', q: '10', cost_after: '187230' }],
    );
    assert.deepEqual(
      await rows('SELECT id, stream, sequence, idx, reason, subject, payload FROM dead_letters'),
      [
        {
          id: 'LEDGER.5.2',
          stream: 'LEDGER',
          sequence: '5',
          idx: 2,
          reason: 'malformed',
          subject: 'cash.7',
          payload: '{',
        },
      ],
    );
  });

  it('counts a frame once that is published again, also after the window of JetStream', async () => {
    const effects: TestFrame = {
      name: 'effects:0:10-10',
      table: 'effects',
      rows: [
        frameRow('effects', {
          ts: jan2,
          sequence: 10,
          kind: 'fill',
          quantity_before: '0',
          quantity_after: '1',
        }),
      ],
      messageId: false,
    };
    const once = curve(10, { messageId: false });
    for (let time = 0; time < 3; time++) {
      await publishFrame(js, once);
      await publishFrame(js, effects);
      await publishFrame(js, curve(1));
    }
    await drained();
    assert.equal(await count('equity_curve'), 13);
    assert.equal(await count('effects'), 1);
    assert.equal(await count('settlements'), 1);
    assert.equal(await count('position_changes'), 1);
  });

  it('takes equal rows of frames with other names as rows of their own', async () => {
    await publishFrame(js, curve(2, { name: '1:0:1000001:0' }));
    await publishFrame(js, curve(2, { name: '1:0:1000001:1' }));
    await drained();
    assert.equal(await count('equity_curve'), 4);
  });

  it('sends what ClickHouse refuses to DEAD_LETTERS, and goes on', async () => {
    const before = sink.stats().refused;
    const badRow = await publishFrame(js, {
      ...curve(1),
      rows: [['7', 'no date']],
      columns: ['account_id', 'session_date'],
    });
    const badColumn = await publishFrame(js, {
      ...curve(1),
      rows: [['7', 1]],
      columns: ['account_id', 'nope'],
    });
    const badTable = await publishFrame(js, { ...curve(1), table: 'system' as never, columns: ['a'] });
    const injection = await publishFrame(js, { ...curve(1), name: "x', readonly = '1" });
    await publishFrame(js, curve(3));
    await drained();
    assert.equal(await count('equity_curve'), 3);
    assert.equal(sink.stats().refused - before, 4);
    for (const sequence of [badRow, badColumn, badTable, injection]) {
      const kept = await jsm.streams.getMessage('DEAD_LETTERS', {
        last_by_subj: `dead_letters.FRAMES.${sequence}.0`,
      });
      const letter = kept.json<{ reason: string; detail: string; payload: { lines: string[] } }>();
      assert.equal(letter.reason, 'frame_refused');
      assert.notEqual(letter.detail, '');
      assert.equal(letter.payload.lines.length, 1);
    }
    assert.equal(errors.length, 4);
  });

  it('drops what an owner writes after a newer one has begun, and nothing else of it', async () => {
    const before = sink.stats().stale;
    await publishFrame(js, curve(1, { partition: 3, epoch: 5 }));
    await publishFrame(js, curve(10, { partition: 3, epoch: 6 }));
    await publishFrame(js, curve(100, { partition: 3, epoch: 5 }));
    await publishFrame(js, curve(1000, { partition: 4, epoch: 5 }));
    await drained();
    assert.equal(await count('equity_curve'), 1011);
    assert.equal(sink.stats().stale - before, 1);
  });

  it('drops it also when it starts after the newer one had begun, and had only said so', async () => {
    await sink.stop();
    await publishFence(js, 5, 9);
    await start();
    await drained();
    await sink.stop();
    await start();
    await publishFrame(js, curve(7, { partition: 5, epoch: 8 }));
    await drained();
    assert.equal(await count('equity_curve'), 0);
    assert.equal(sink.stats().stale, 1);
  });

  it('waits while ClickHouse is away, within its bound, and inserts once when it is back', async () => {
    await store.terminate();
    const frames = Array.from({ length: 60 }, () => curve(5));
    for (const frame of frames) await publishFrame(js, frame);
    await until(() => sink.stats().waiting_for !== null, { what: 'the sink to notice' });
    await until(() => sink.stats().held === 16, { what: 'the sink to hold what it may' });
    assert.equal((await jsm.consumers.info('FRAMES', 'sink')).num_pending, 44);
    assert.equal(sink.stats().state, 'waiting');
    await store.start();
    await drained();
    assert.equal(await count('equity_curve'), 300);
    assert.equal(sink.stats().state, 'inserting');
    assert.equal(errors.length, 0);
  });

  it('loses and doubles nothing when the store is killed under inserts, again and again', async () => {
    const perFrame = 200;
    const frames = Array.from({ length: 150 }, (_, at) => {
      const rows = Array.from({ length: perFrame }, (_, i) =>
        frameRow('effects', {
          ts: jan2 + at,
          account_id: String(i % 7),
          sequence: 1000 + at * perFrame + i,
          kind: i % 2 === 0 ? 'fill' : 'deposit',
          amount: 1,
          quantity_before: '0',
          quantity_after: '1',
        }),
      );
      return {
        name: `effects:0:${1000 + at * perFrame}-${1000 + (at + 1) * perFrame - 1}`,
        table: 'effects',
        rows,
      } as const;
    });
    let published = 0;
    const publishing = (async () => {
      for (const frame of frames) {
        await publishFrame(js, frame);
        published += 1;
      }
    })();
    for (let kill = 1; kill <= 4; kill++) {
      const target = sink.stats().frames + 10;
      await until(() => sink.stats().frames >= target || published === frames.length, {
        what: 'inserts to go on',
        timeoutMs: 60_000,
      });
      await store.kill();
      await store.start();
    }
    await publishing;
    await drained();
    const [found] = await rows<object>(`SELECT count() AS n, uniqExact(sequence) AS u FROM effects`);
    const total = frames.length * perFrame;
    assert.deepEqual(found, { n: String(total), u: String(total) });
    assert.equal(await count('settlements'), total / 2);
    assert.equal(await count('cash_flows'), total / 2);
    assert.equal(await count('position_changes'), total);
  });

  it('goes on after the server of NATS was killed', async () => {
    await nats.kill();
    await nats.restart();
    await until(
      async () =>
        connection.rtt().then(
          () => true,
          () => false,
        ),
      { what: 'our own connection' },
    );
    await publishFrame(js, curve(4));
    await until(async () => (await count('equity_curve')) === 4, {
      what: 'the frame to arrive',
      timeoutMs: 60_000,
    });
  });

  it('leaves what it has not inserted to the next sink', async () => {
    await store.terminate();
    for (let n = 0; n < 40; n++) await publishFrame(js, curve(1));
    await until(() => sink.stats().held === 16, { what: 'frames to be held' });
    await sink.stop();
    await store.start();
    await start();
    await drained();
    assert.equal(await count('equity_curve'), 40);
  });

  it('starts without ClickHouse, and brings the schema up to date when it comes', async () => {
    await sink.stop();
    await client.command({ query: 'DROP DATABASE tidemark SYNC' }).catch(() => undefined);
    await store.terminate();
    await start();
    assert.equal(sink.stats().state === 'waiting' || sink.stats().state === 'migrating', true);
    await publishFrame(js, curve(2));
    await store.start();
    await drained();
    assert.equal(await count('equity_curve'), 2);
  });
});
