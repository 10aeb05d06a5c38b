/**
 * The gateway's WebSocket against a stand-in for the engine on a real NATS, so that a test can say what comes when: order
 * of states and updates, one encoding, slow readers, what a lost connection costs.
 */
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { loadConfig } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { connectNats, type NatsDoor } from '../../src/client/nats.ts';
import type { History } from '../../src/gateway/history.ts';
import type { Server } from '../../src/gateway/parts.ts';
import { createServer } from '../../src/gateway/server.ts';
import { EquityFeed } from '../../src/gateway/ws/equity-feed.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { EngineStandIn } from '../support/engine-stand-in.ts';
import { startNats, type TestNats } from '../support/nats.ts';
import type { Json } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';
import { WsClient } from '../support/ws-client.ts';

describe('the WebSocket of the gateway', function () {
  this.timeout(60_000);
  let nats: TestNats;
  let engine: EngineStandIn;
  let doors: NatsDoor[];
  let server: Server;
  let port: number;
  const clients: WsClient[] = [];
  /** Sockets that the gateway closed. */
  const closings: object[] = [];
  const log = {
    ...quietLog,
    debug: (fields: object): void => {
      if ('code' in fields) closings.push(fields);
    },
  };

  async function serverWith(env: Record<string, string> = {}): Promise<Server> {
    const config = loadConfig({ env: { TIDEMARK_NATS_URL: nats.url, ...env } });
    const [door, updates] = doors as [NatsDoor, NatsDoor];
    return createServer({ config, nats: door, updates, history: null as unknown as History, log });
  }

  async function listening(made: Server): Promise<number> {
    await made.listen({ host: '127.0.0.1', port: 0 });
    return (made.server.address() as AddressInfo).port;
  }

  async function client(): Promise<WsClient> {
    const made = await WsClient.connect(port);
    clients.push(made);
    return made;
  }

  before(async () => {
    nats = await startNats();
    engine = await EngineStandIn.start(nats.url);
    const config = loadConfig({ env: { TIDEMARK_NATS_URL: nats.url } });
    doors = [
      await connectNats(config, { reconnects: true }),
      await connectNats(config, { reconnects: true }),
    ];
    server = await serverWith();
    port = await listening(server);
  });
  afterEach(() => {
    for (const each of clients.splice(0)) each.close();
    engine.answering = () => undefined;
    engine.accounts.clear();
    closings.length = 0;
  });
  after(async () => {
    await server.close();
    for (const door of doors) await door.close();
    await engine.stop();
    await nats.stop();
  });

  it('answers, sends the state at once, then what comes', async () => {
    engine.set('7', 10, { sequence: 4 });
    const reader = await client();
    const result = await reader.ok('equity.subscribe', { account_id: 7 });
    assert.deepEqual(result, { stream: 'equity', accounts: [7] });
    engine.tick('7', 11);
    engine.tick('8', 11);
    await until(() => reader.equity(7).length === 2, { what: 'the update' });
    const [answer, state, update, ...others] = reader.messages;
    assert.deepEqual([answer?.['id'], others], [1, []]);
    for (const [frame, tick, sequence] of [
      [state, 10, 4],
      [update, 11, 11],
    ] as const) {
      const { account_id: _, ...figures } = engine.set('7', tick, { sequence });
      const equity = 100 * tick;
      assert.deepEqual(frame, {
        stream: 'equity',
        data: { type: 'equity_update', account_id: 7, equity, ...figures },
      });
    }
    assert.deepEqual(await reader.ok('equity.unsubscribe'), { stream: 'equity', accounts: [7] });
    engine.tick('7', 12);
    await engine.nats.flush();
    await reader.ok('ping');
    assert.equal(reader.equity(7).length, 2);
  });

  it('never sends an older state behind a newer one, whichever of state and update comes first', async () => {
    engine.set('a', 10);
    const reader = await client();
    // What the engine told after it had made the answer overtakes it.
    engine.answering = async () => {
      engine.tick('a', 12);
      await until(() => doors[1]!.connection.stats().inMsgs > seen, { what: 'the update to be there' });
    };
    const seen = doors[1]!.connection.stats().inMsgs;
    await reader.ok('equity.subscribe', { account_id: 'a' });
    engine.answering = () => undefined;
    // A tick that the state had already.
    engine.set('a', 14);
    await reader.ok('equity.subscribe', { account_id: 'a' });
    for (const tick of [13, 14, 15]) engine.tick('a', tick);
    await until(() => reader.equity('a').at(-1)?.['tick'] === 15, { what: 'the last update' });
    assert.deepEqual(
      reader.equity('a').map(({ tick }) => tick),
      [12, 14, 15],
    );
  });

  it('asks for many accounts together, whoever wants them', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `m${i}`);
    for (const id of ids) engine.set(id, 5);
    engine.asked.length = 0;
    const readers = await Promise.all(ids.slice(0, 50).map(() => client()));
    await Promise.all(readers.map((reader, i) => reader.ok('equity.subscribe', { account_id: ids[i] })));
    const all = await client();
    await all.ok('equity.subscribe', { account_ids: ids });
    await until(() => all.data('equity').length === 300, { what: 'all states' });
    assert.ok(engine.asked.length < 50, `${engine.asked.length} questions`);
    assert.ok(engine.asked.every((asked) => asked.length <= limits.gatewayWsStatesAtOnce));
  });

  it('makes one frame of an account and tick, however many read it', async () => {
    const [door, updates] = doors as [NatsDoor, NatsDoor];
    const feed = new EquityFeed({ nats: door, updates, log: quietLog });
    const frames: (Buffer | undefined)[] = [];
    engine.set('one', 1);
    for (let i = 0; i < 100; i++) {
      feed.read('one', { changed: ({ frame }) => void frames.push(frame?.bytes), appeared: () => false });
    }
    await feed.known(['one']);
    engine.tick('one', 2);
    await until(() => frames.length === 200, { what: 'both ticks at all readers' });
    assert.equal(new Set(frames).size, 2);
    assert.equal(feed.counts.encoded, 2);
    const head = '{"account_id":"one","tick":3,"timestamp":3,"total_equity":3';
    for (const wrong of [
      'x',
      '{"account_id":"two"}',
      '{"account_id":"one","tick":1.5}',
      `${head},"nav":01,"sequence":3}`,
      `${head},"nav":,"sequence":3}`,
      `${head},"state":"a"b","sequence":3}`,
      `${head},"sequence":3}}`,
    ]) {
      engine.nats.publish('equity.one', wrong);
    }
    await until(() => feed.counts.malformed === 7, { what: 'what is no update' });
    // Not as the engine writes it today, and an update all the same.
    engine.nats.publish('equity.one', `${head},"later":{"x":[1]},"sequence":3}`);
    await until(() => frames.length === 300, { what: 'the third tick' });
    assert.deepEqual(JSON.parse(String(frames.at(-1))), {
      stream: 'equity',
      data: {
        type: 'equity_update',
        account_id: 'one',
        equity: 3,
        tick: 3,
        timestamp: 3,
        total_equity: 3,
        later: { x: [1] },
        sequence: 3,
      },
    });
    feed.close();
  });

  it('conflates what a slow reader is sent, closes one that takes nothing, and the others notice nothing', async () => {
    // What the system holds for a reader is full after fewer ticks.
    const big = { state: 'x'.repeat(16_000) };
    engine.set('s', 1);
    const [stalled, slow, reader] = [await client(), await client(), await client()];
    for (const each of [stalled, slow, reader]) await each.ok('equity.subscribe', { account_id: 's' });
    const ticksOf = (each: WsClient): number[] => each.equity('s').map(({ tick }) => Number(tick));
    stalled.socket.pause();
    let tick = 1;
    let round = 0;
    await until(
      async () => {
        for (let i = 0; i < 50; i++) engine.tick('s', ++tick, big);
        await until(() => ticksOf(reader).at(-1) === tick, { what: 'the other reader', pollMs: 1 });
        // It reads from time to time.
        if (++round % 20 === 0) slow.socket.resume();
        else slow.socket.pause();
        return closings.length > 0;
      },
      { what: 'the stalled reader to be closed', timeoutMs: 40_000, pollMs: 100 },
    );
    stalled.socket.resume();
    slow.socket.resume();
    assert.deepEqual(await stalled.whenClosed(), { code: 4008, reason: 'slow_reader' });
    assert.equal(closings.length, 1);
    await until(() => ticksOf(slow).at(-1) === tick, { what: 'the newest at the slow reader' });
    const seen = ticksOf(slow);
    assert.ok(seen.length < tick, 'it was spared some');
    assert.ok(seen.every((each, i) => i === 0 || each > seen[i - 1]!));
    assert.equal(ticksOf(reader).length, tick, 'the other reader has every tick');
  });

  it('asks anew when the engine is another one, and tells what is different', async () => {
    engine.tick('e', 20);
    const [stays, other] = [await client(), await client()];
    await stays.ok('equity.subscribe', { account_id: 'e' });
    // It is not as far as what was told, and answers nothing at first.
    engine.isAway = true;
    engine.owner = 'second';
    engine.set('e', 19, { sequence: 7 });
    const late = other.ok('equity.subscribe', { account_id: 'e' });
    await until(() => engine.refused > 2, { what: 'it to be asked again' });
    engine.isAway = false;
    await late;
    await until(() => stays.equity('e').at(-1)?.['tick'] === 19, { what: 'the state of the new engine' });
    engine.tick('e', 21);
    await until(() => stays.equity('e').at(-1)?.['tick'] === 21, { what: 'the next tick' });
    assert.deepEqual(
      other.equity('e').map(({ tick }) => tick),
      [19, 21],
    );
  });

  it('asks anew when NATS was away', async () => {
    engine.tick('n', 30);
    const stays = await client();
    await stays.ok('equity.subscribe', { account_id: 'n' });
    await nats.kill();
    await until(() => !doors[1]!.isConnected, { what: 'the connection to be lost' });
    engine.set('n', 31);
    await nats.restart();
    await until(() => stays.equity('n').at(-1)?.['tick'] === 31, { what: 'what nobody was told' });
    engine.tick('n', 32);
    await until(() => stays.equity('n').at(-1)?.['tick'] === 32, { what: 'the next tick' });
    assert.equal(stays.equity('n').length, 3);
  });

  it('names what is wrong with a message, and goes on', async () => {
    engine.set('w', 1);
    const reader = await client();
    const wrong: [message: string, id: unknown, code: number, reason: string][] = [
      ['nonsense', null, 400, 'request_invalid'],
      ['[]', null, 400, 'request_invalid'],
      ['{"id":{},"method":"ping"}', null, 400, 'request_invalid'],
      ['{"id":"a"}', 'a', 404, 'method_unknown'],
      ['{"id":2.5,"method":"equity.steal"}', 2.5, 404, 'method_unknown'],
      ['{"id":3,"method":"__proto__"}', 3, 404, 'method_unknown'],
      ['{"id":4,"method":"ping","params":[]}', 4, 400, 'request_invalid'],
      ...[
        { account: 'w' },
        { account_id: 'a b' },
        { account_id: '*' },
        { account_id: null },
        { account_ids: [] },
        { account_ids: 'w' },
        { account_id: 'w', account_ids: ['w'] },
      ].map((params): [string, unknown, number, string] => [
        JSON.stringify({ id: 5, method: 'equity.subscribe', params }),
        5,
        400,
        'request_invalid',
      ]),
      ['{"id":6,"method":"equity.subscribe","params":{"account_id":"nobody"}}', 6, 404, 'account_unknown'],
      ['{"id":7,"method":"portfolio.subscribe"}', 7, 501, 'not_built'],
    ];
    for (const [message] of wrong) reader.socket.send(message);
    reader.socket.send(Buffer.from('{"id":8,"method":"ping"}'), { binary: true });
    await until(() => reader.messages.length === wrong.length + 1, { what: 'all answers' });
    assert.deepEqual(
      reader.messages.map(({ id, error }) => [id, (error as Json)['code'], (error as Json)['reason']]),
      [...wrong.map(([, ...answer]) => answer), [null, 400, 'request_invalid']],
    );
    const many = Array.from({ length: limits.gatewayWsAccountsMax }, (_, i) => `x${i}`);
    const tooMany = { account_ids: [...many, 'w'] };
    assert.deepEqual(await reader.failing('equity.subscribe', tooMany), [400, 'too_many_accounts']);
    await reader.ok('equity.subscribe', { account_id: 'w' });
  });

  it('offers an account that is waited for to who follows later, with its first frame', async () => {
    const [door, updates] = doors as [NatsDoor, NatsDoor];
    const feed = new EquityFeed({ nats: door, updates, log: quietLog });
    const offered: string[] = [];
    const told: string[] = [];
    const reader = { changed: () => undefined, appeared: () => false };
    const follower = {
      changed: ({ id }: { id: string }) => void told.push(id),
      appeared: ({ id }: { id: string }) => offered.push(id) > 0,
    };
    feed.read('later', reader);
    feed.read('asked', reader);
    feed.read('never', reader);
    feed.follow(follower);
    await feed.known(['later', 'asked', 'never']);
    assert.deepEqual(offered, []);
    engine.set('asked', 1);
    await feed.known(['asked']);
    engine.tick('later', 1);
    engine.tick('later', 2);
    await until(() => told.length === 3, { what: 'all frames' });
    assert.deepEqual(
      [offered, told],
      [
        ['asked', 'later'],
        ['asked', 'later', 'later'],
      ],
    );
    feed.close();
  });

  it('sends what was kept back by a request that fails, once', async () => {
    engine.set('k', 10);
    engine.set('still', 10);
    const reader = await client();
    await reader.ok('equity.subscribe', { account_ids: ['k', 'still'] });
    const seen = doors[1]!.connection.stats().inMsgs;
    engine.answering = async () => {
      engine.tick('k', 11);
      await until(() => doors[1]!.connection.stats().inMsgs > seen, { what: 'the update to be there' });
    };
    const request = { account_ids: ['k', 'still', 'nobody'] };
    assert.deepEqual(await reader.failing('equity.subscribe', request), [404, 'account_unknown']);
    await reader.ok('ping');
    assert.deepEqual(
      ['k', 'still'].map((id) => reader.equity(id).map(({ tick }) => tick)),
      [[10, 11], [10]],
    );
  });

  it('closes who sends too large a message, or too many', async () => {
    const [large, many] = [await client(), await client()];
    large.socket.send('x'.repeat(limits.gatewayWsMessageBytesMax + 1));
    assert.equal((await large.whenClosed()).code, 1009);
    for (let i = 0; i <= limits.gatewayWsMessagesMax; i++) many.socket.send('{"method":"ping"}');
    assert.deepEqual(await many.whenClosed(), { code: 4429, reason: 'too_many_messages' });
  });

  it('lets in pages of this machine alone where it needs no token, and speaks nothing else there', async () => {
    const from = (origin: string): Promise<number> => WsClient.refusal(port, { headers: { origin } });
    assert.equal(await from('https://evil.example'), 403);
    assert.equal(await from('http://localhost.evil.example'), 403);
    assert.equal(await from('null'), 403);
    assert.equal(await WsClient.refusal(port, { headers: { host: 'evil.example' } }), 421);
    clients.push(await WsClient.connect(port, { headers: { origin: 'http://localhost:5173' } }));
    const plain = await fetch(`http://127.0.0.1:${port}/ws`);
    assert.equal(plain.status, 426);
  });

  it('tells its clients when it ends', async () => {
    const other = await serverWith();
    const its = await WsClient.connect(await listening(other));
    const stalled = await WsClient.connect((other.server.address() as AddressInfo).port);
    stalled.socket.pause();
    await its.ok('ping');
    await other.close();
    assert.deepEqual(await its.whenClosed(), { code: 1001, reason: 'going_away' });
    stalled.socket.terminate();
  });
});
