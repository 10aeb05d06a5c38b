/** The gateway's WebSocket over a real installation, with tokens: the figures of the engine, to whoever may see them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { limits } from '../../config/limits.ts';
import { RealEngine } from '../support/real-engine.ts';
import type { Json } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';
import { WsClient } from '../support/ws-client.ts';

const secret = 'a secret of at least thirty-two bytes';
const tokenFor = (accounts: string[], expires = '10 minutes'): Promise<string> =>
  new SignJWT({ accounts })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience('tidemark')
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));

describe('the WebSocket over a real engine', function () {
  this.timeout(120_000);
  let engine: RealEngine;
  let port: number;
  let deposits = 0;
  const clients: WsClient[] = [];

  async function reader(...accounts: string[]): Promise<WsClient> {
    const made = await WsClient.withToken(port, await tokenFor(accounts));
    clients.push(made);
    return made;
  }
  const deposit = (account: string): Promise<number> =>
    engine.settle(`cash.${account}`, { id: `d${++deposits}`, type: 'deposit', amount: 100_00 });
  const hasTick = (client: WsClient, account: string | number, tick: number): Promise<unknown> =>
    until(() => client.equity(account).at(-1)?.['tick'] === tick, { what: `tick ${tick} of ${account}` });

  before(async () => {
    engine = await RealEngine.start({ env: { TIDEMARK_AUTH_MODE: 'jwt', TIDEMARK_AUTH_SECRET: secret } });
    port = engine.installation.httpPort;
    for (const account of ['7', 'ann', 'bob']) await deposit(account);
    await engine.settle('settlements.7', {
      id: 'fill',
      symbol: 'AAPL',
      side: 'buy',
      quantity: '1.5',
      price: '100.25',
    });
    engine.price('AAPL', { price: '110' });
    await engine.tick();
  });
  afterEach(() => {
    for (const each of clients.splice(0)) each.close();
  });
  after(() => engine.stop());

  it('has the figures of `inspect`, at its tick and sequence, first as they are and then at every tick', async () => {
    const client = await reader('7');
    assert.deepEqual(await client.ok('equity.subscribe'), { stream: 'equity', accounts: [7] });
    await until(() => client.equity(7).length === 1, { what: 'the state' });
    for (let price = 111; price < 116; price++) {
      engine.price('AAPL', { price: String(price) });
      if (price % 2 === 0) await deposit('7');
      await hasTick(client, 7, await engine.tick());
      const inspected = (await engine.inspect('7')) ?? {};
      const { type, equity, account_id, ...figures } = client.equity(7).at(-1) ?? {};
      assert.deepEqual([type, equity, account_id], ['equity_update', inspected['total_equity'], 7]);
      for (const [name, figure] of Object.entries(figures)) assert.equal(figure, inspected[name], name);
      assert.ok(Object.keys(figures).length >= 18);
    }
    const ticks = client.equity(7).map(({ tick }) => Number(tick));
    assert.deepEqual(
      ticks,
      [...new Set(ticks)].sort((a, b) => a - b),
    );
  });

  it('tells a token nothing of other accounts, by any method, and not whether there are such', async () => {
    const client = await reader('ann', 'nobody');
    for (const method of [
      'equity.subscribe',
      'equity.unsubscribe',
      'alerts.subscribe',
      'alerts.unsubscribe',
    ]) {
      for (const params of [
        { account_id: 'bob' },
        { account_id: 7 },
        { account_ids: ['ann', 'bob'] },
        { account_id: 'no-such' },
        { account_id: '_' },
      ]) {
        const { error } = await client.ask(method, params);
        assert.deepEqual(error, {
          code: 403,
          reason: 'account_forbidden',
          message: 'this token is for other accounts',
        });
      }
    }
    assert.deepEqual(await client.failing('equity.subscribe', { account_id: 'nobody' }), [
      404,
      'account_unknown',
    ]);
    await client.ok('equity.subscribe');
    await client.ok('alerts.subscribe');
    for (const account of ['bob', '7', 'ann']) await deposit(account);
    await engine.settle('cash.bob', { id: 'low', type: 'withdrawal', amount: 1_000_000_00 });
    await hasTick(client, 'ann', await engine.tick());
    assert.deepEqual([...new Set(client.data('equity').map((each) => each['account_id']))], ['ann']);
    assert.deepEqual(client.data('alerts'), []);
    assert.deepEqual(await client.failing('portfolio.subscribe'), [501, 'not_built']);
  });

  it('brings a token of all accounts those that are there, and those that are opened later', async () => {
    const client = await reader('*');
    const { accounts } = (await client.ok('equity.subscribe')) as { accounts: unknown[] };
    for (const account of [7, 'ann', 'bob']) assert.ok(accounts.includes(account));
    await deposit('newcomer');
    await hasTick(client, 'newcomer', await engine.tick());
    await client.ok('equity.unsubscribe', { account_id: 'bob' });
    await deposit('bob');
    await deposit('ann');
    const seen = client.equity('bob').length;
    await hasTick(client, 'ann', await engine.tick());
    assert.equal(client.equity('bob').length, seen);
  });

  it('tells of alerts that stand, then of each once', async () => {
    const client = await reader('ann');
    const overdrawn = { id: 'over', type: 'withdrawal', amount: 1_000_000_00 };
    await engine.settle('cash.ann', overdrawn);
    await engine.tick();
    assert.deepEqual(await client.ok('alerts.subscribe', { account_id: 'ann' }), {
      stream: 'alerts',
      accounts: ['ann'],
    });
    const told = async (count: number): Promise<Json[]> => {
      await until(() => client.data('alerts').length >= count, { what: `${count} alerts` });
      return client.data('alerts');
    };
    const [raised] = await told(1);
    assert.deepEqual(
      [raised?.['kind'], raised?.['state'], raised?.['account_id']],
      ['overdraft', 'raised', 'ann'],
    );
    await engine.settle('cash.ann', { id: 'paid', type: 'deposit', amount: 1_000_000_00 });
    await engine.settle('cash.ann', { ...overdrawn, amount: 1 });
    await engine.tick();
    const alerts = await told(3);
    assert.deepEqual(alerts.map(({ kind, state }) => [kind, state]).sort(), [
      ['overdraft', 'cleared'],
      ['overdraft', 'raised'],
      ['rejected', 'raised'],
    ]);
    assert.deepEqual(await client.ok('alerts.unsubscribe'), { stream: 'alerts', accounts: '*' });
  });

  it('needs a good token in time, and only for as long as it is good', async () => {
    const token = await tokenFor(['ann']);
    const closing = async (message: string): Promise<unknown[]> => {
      const client = await WsClient.connect(port);
      client.socket.send(message);
      const { code, reason } = await client.whenClosed();
      return [(client.messages[0]?.['error'] as Json)['reason'], code, reason];
    };
    const auth = (value: unknown): string => JSON.stringify({ method: 'auth', params: { token: value } });
    assert.deepEqual(await closing('{"method":"ping"}'), ['token_missing', 4401, 'token_missing']);
    assert.deepEqual(await closing('nonsense'), ['request_invalid', 4401, 'token_missing']);
    assert.deepEqual(await closing(auth('a.b.c')), ['token_invalid', 4401, 'token_invalid']);
    const old = await tokenFor(['ann'], '-1 minute');
    assert.deepEqual(await closing(auth(old)), ['token_expired', 4401, 'token_expired']);
    assert.equal(await WsClient.refusal(port, { headers: { authorization: 'Bearer a.b.c' } }), 401);
    const byHeader = await WsClient.connect(port, { headers: { authorization: `Bearer ${token}` } });
    await byHeader.ok('equity.subscribe', { account_id: 'ann' });
    byHeader.close();

    // It has expired, and is taken for as long as clocks may differ.
    const seconds = limits.gatewayClockToleranceSeconds - 2;
    const short = await tokenFor(['ann'], `-${seconds} seconds`);
    const [ends, renewed] = [await WsClient.withToken(port, short), await WsClient.withToken(port, short)];
    clients.push(ends, renewed);
    await renewed.ok('equity.subscribe');
    assert.equal((await renewed.ok('auth', { token }))['role'], 'reader');
    assert.deepEqual(await ends.whenClosed(), { code: 4401, reason: 'token_expired' });
    await deposit('ann');
    await hasTick(renewed, 'ann', await engine.tick());
  });

  it('leaves no gap when the engine is killed, or the server of NATS, to who stays and to who comes back', async () => {
    const stays = await reader('ann', '7');
    await stays.ok('equity.subscribe');
    await engine.killEngine();
    await deposit('ann');
    await hasTick(stays, 'ann', await engine.tick());

    const file = join(engine.installation.dataDir, 'nats', 'nats-server.pid');
    const pid = readFileSync(file, 'utf8');
    process.kill(Number(pid), 'SIGKILL');
    await until(() => readFileSync(file, 'utf8') !== pid, { what: 'NATS to be back', timeoutMs: 30_000 });
    // Told perhaps before the gateway is there again.
    const sequence = await until(() => deposit('ann'), { what: 'a deposit', timeoutMs: 30_000 });
    await until(() => engine.tick(), { what: 'a tick', timeoutMs: 30_000 });
    await until(() => Number(stays.equity('ann').at(-1)?.['sequence']) >= sequence, {
      what: 'the deposit at the reader that stayed',
      timeoutMs: 30_000,
    });
    const comesBack = await reader('ann');
    await comesBack.ok('equity.subscribe');
    await until(() => comesBack.equity('ann').length > 0, { what: 'the state' });
    const inspected = (await engine.inspect('ann')) ?? {};
    for (const client of [stays, comesBack]) {
      const { total_equity, sequence: last } = client.equity('ann').at(-1) ?? {};
      assert.deepEqual([total_equity, last], [inspected['total_equity'], inspected['sequence']]);
    }
  });
});
