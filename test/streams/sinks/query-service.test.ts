import assert from 'node:assert/strict';
import type { AccountView } from '../../../src/domain/account-view.ts';
import type { EngineStats } from '../../../src/domain/engine-stats.ts';
import type { EngineQueries } from '../../../src/ports.ts';
import { QueryService } from '../../../streams/sinks/query-service.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { sampleView } from '../support/sample-view.ts';
import { silentLog } from '../support/silent-log.ts';

describe('the service tidemark', () => {
  let nats: TestNats;
  let link: Link;
  let client: Link;
  let service: QueryService;
  const asked: unknown[] = [];
  const views = new Map<string, AccountView>(['7', '8'].map((id) => [id, sampleView({ accountId: id })]));
  const queries: EngineQueries = {
    inspect: (account) => views.get(account) ?? null,
    accounts: (after, limit, order) => {
      asked.push([after, limit, order]);
      return [...views.values()].slice(0, limit);
    },
    outcome: (account, sequence, index) => {
      asked.push([account, sequence, index]);
      return { outcome: 'rejected', reason: 'id_conflict', detail: 'id' };
    },
    hasSeen: (...event) => {
      asked.push(event);
      return event[2] === 'd1';
    },
    stats: () => ({ state: 'live', accounts: 2 }) as EngineStats,
    isLive: () => isLive,
    isOwner: () => isOwner,
  };
  let isLive = true;
  let isOwner = true;

  before(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'control', log: silentLog() });
    client = await connectNats({ url: nats.url, name: 'client', log: silentLog() });
    service = new QueryService({ link, log: silentLog(), role: 'engine', partitions: 3 });
    await service.serve(queries);
    await link.nats.flush();
  });
  after(async () => {
    await service.close();
    await link.close();
    await client.close();
    await nats.stop();
  });

  interface Reply {
    readonly error: string | undefined;
    readonly body: Record<string, unknown>;
  }

  async function ask(endpoint: string, request: unknown): Promise<Reply> {
    const payload = typeof request === 'string' ? request : JSON.stringify(request);
    const reply = await client.nats.request(`tidemark.${endpoint}`, payload);
    const code = reply.headers?.get('Nats-Service-Error-Code') ?? '';
    const error = code === '' ? undefined : `${code} ${reply.headers?.get('Nats-Service-Error') ?? ''}`;
    return { error, body: reply.data.length === 0 ? {} : reply.json() };
  }

  it('is found by its name, with its endpoints', async () => {
    const found = [];
    for await (const info of await client.nats.services.client().info('tidemark')) found.push(info);
    assert.equal(found.length, 1);
    assert.match(found[0]!.version, /^\d+\.\d+\.\d+$/);
    assert.deepEqual(
      found[0]!.endpoints.map(({ subject }) => subject),
      [
        'tidemark.inspect',
        'tidemark.accounts',
        'tidemark.snapshot',
        'tidemark.outcome',
        'tidemark.seen',
        'tidemark.stats',
      ],
    );
  });

  it('inspects an account, whose id may be an integer', async () => {
    const { body, error } = await ask('inspect', { account_id: '7' });
    assert.equal(error, undefined);
    assert.equal(body['account_id'], '7');
    assert.deepEqual(body['cash'], { USD: 2_183_411, EUR: -5 });
    assert.deepEqual((await ask('inspect', { account_id: 7 })).body, body);
  });

  it('answers with service errors', async () => {
    assert.equal((await ask('inspect', { account_id: 'x' })).error, '404 account_unknown');
    for (const wrong of ['nope', '[]', '7', {}, { account_id: 'a b' }, { account_id: 1.5 }]) {
      assert.match(String((await ask('inspect', wrong)).error), /^400 /, JSON.stringify(wrong));
    }
    for (const wrong of [
      { limit: 0 },
      { limit: 100_000 },
      { limit: '5' },
      { order: 'name' },
      { after: 'a b' },
    ]) {
      assert.match(String((await ask('accounts', wrong)).error), /^400 /, JSON.stringify(wrong));
    }
    for (const wrong of [{}, { accounts: ['a b'] }, { accounts: Array(10_000).fill('7') }]) {
      assert.match(String((await ask('snapshot', wrong)).error), /^400 /);
    }
  });

  it('lists accounts in pages, without their positions', async () => {
    const first = (await ask('accounts', { limit: 1, order: 'drawdown' })).body;
    assert.deepEqual(asked.at(-1), [null, 1, 'drawdown']);
    assert.equal(first['after'], '7');
    const [account] = first['accounts'] as Record<string, unknown>[];
    assert.equal(account!['account_id'], '7');
    assert.equal('positions' in account!, false);
    assert.equal((await ask('accounts', { after: '7' })).body['after'], null);
    assert.deepEqual(asked.at(-1), ['7', 100, 'id']);
  });

  it('gives several accounts whole', async () => {
    const { accounts } = (await ask('snapshot', { accounts: ['8', 7, 'nobody'] })).body as {
      accounts: { account_id: string }[];
    };
    assert.deepEqual(
      accounts.map(({ account_id }) => account_id),
      ['8', '7'],
    );
  });

  it('gives several without their positions, where so asked', async () => {
    const { accounts } = (await ask('snapshot', { accounts: ['7'], positions: false })).body as {
      accounts: object[];
    };
    assert.equal('positions' in accounts[0]!, false);
    assert.equal('state_hash' in accounts[0]!, true);
    assert.match(String((await ask('snapshot', { accounts: ['7'], positions: 1 })).error), /^400 /);
  });

  it('says what became of an event', async () => {
    const { body } = await ask('outcome', { account_id: '7', sequence: 12 });
    assert.deepEqual(body, { outcome: 'rejected', reason: 'id_conflict', detail: 'id' });
    assert.deepEqual(asked.at(-1), ['7', 12, 0]);
    for (const wrong of [{ sequence: 12 }, { account_id: '7' }, { account_id: '7', sequence: '12' }]) {
      assert.match(String((await ask('outcome', wrong)).error), /^400 /);
    }
  });

  it('says whether an account remembers an event', async () => {
    const event = { account_id: '7', area: 'cash', id: 'd1' };
    assert.deepEqual((await ask('seen', event)).body, { seen: true });
    assert.deepEqual(asked.at(-1), ['7', 'cash', 'd1']);
    assert.deepEqual((await ask('seen', { ...event, id: 'd2' })).body, { seen: false });
    for (const wrong of [{ area: 'trades' }, { id: 'a.b' }, { account_id: null }]) {
      assert.match(String((await ask('seen', { ...event, ...wrong })).error), /^400 /);
    }
  });

  it('tells how the engine is', async () => {
    const { body } = await ask('stats', '');
    assert.equal(body['role'], 'engine');
    assert.equal(body['pid'], process.pid);
    assert.equal(body['partitions'], 3);
    assert.equal(body['state'], 'live');
    assert.ok((body['uptime_ms'] as number) > 0);
    assert.match(body['owner'] as string, /^owner-\w+$/);
    assert.equal(body['emissions_unsent'], 0);
    assert.ok((body['memory'] as { resident_bytes: number }).resident_bytes > 0);
  });

  it('says nothing of accounts before it is live, and tells how it is all the same', async () => {
    isLive = false;
    for (const endpoint of ['inspect', 'accounts', 'snapshot', 'outcome', 'seen']) {
      assert.equal((await ask(endpoint, {})).error, '503 the engine is not live yet');
    }
    assert.equal((await ask('stats', {})).error, undefined);
    isLive = true;
  });

  it('is answered by the owner alone: who stands by says only that it does, and is heard by who asks for that', async () => {
    const others = [1, 2].map(() => new QueryService({ link: client, log: silentLog(), role: 'engine' }));
    const standing = { ...queries, stats: () => ({ state: 'acquiring' }) as EngineStats };
    for (const each of others) await each.standBy(standing);
    for (let i = 0; i < 20; i++) assert.equal((await ask('stats', {})).body['state'], 'live');
    const states: unknown[] = [];
    for await (const reply of await client.nats.requestMany('tidemark.standby.stats', '', { maxWait: 200 })) {
      states.push(reply.json<{ state: string }>().state);
    }
    assert.deepEqual(states, ['acquiring', 'acquiring']);
    for (const each of others) await each.close();
    await client.nats.flush();
    await assert.rejects(client.nats.request('tidemark.standby.stats'), /503/);
  });

  it('is answered by the newer owner while a former one hangs, and when it goes on', async () => {
    isOwner = false;
    const newer = new QueryService({ link: client, log: silentLog(), role: 'engine' });
    const owned = { ...queries, isOwner: () => true, stats: () => ({ state: 'catching_up' }) as EngineStats };
    await newer.standBy(owned);
    await newer.serve(owned);
    await client.nats.flush();
    for (let i = 0; i < 20; i++) assert.equal((await ask('stats', {})).body['state'], 'catching_up');
    await assert.rejects(client.nats.request('tidemark.standby.stats'), /503/);
    await newer.close();
    isOwner = true;
  });
});
