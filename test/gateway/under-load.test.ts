/**
 * The gateway of a system under load: what it says is what the engine says, by every way at the same tick and sequence;
 * when it is killed nothing else notices, and who reads resumes.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection } from 'nats';
import { processes, type Process } from '../../scripts/faults/processes.ts';
import { Random } from '../../src/random.ts';
import { GatewayClient } from '../support/gateway-client.ts';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { until } from '../support/until.ts';
import { WsClient } from '../support/ws-client.ts';

const moments = 100;
const seed = 20261201;
const accounts = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];
const keyOf = ({ account_id, tick, sequence }: Json): string =>
  `${String(account_id)} ${String(tick)} ${String(sequence)}`;

describe('the gateway under load', function () {
  this.timeout(120_000);
  let tidemark: RunningTidemark;
  let nats: NatsConnection;
  let load: SteadyLoad;
  let gateway: GatewayClient;
  const random = new Random(seed);
  /** Of every message on equity.*, by account, tick and sequence. */
  const told = new Map<string, Json>();

  const ask = async (endpoint: string, request: object): Promise<Json> =>
    (await nats.request(`tidemark.${endpoint}`, JSON.stringify(request), { timeout: 5_000 })).json();
  const client = (): Promise<WsClient> => WsClient.connect(tidemark.installation.httpPort);

  before(async () => {
    tidemark = await runningTidemark();
    const { natsPort, httpPort } = tidemark.installation;
    gateway = new GatewayClient(`http://127.0.0.1:${httpPort}`);
    nats = await connect({ servers: `127.0.0.1:${natsPort}` });
    nats.subscribe('equity.*', {
      callback: (_, message) => {
        const figures = message.json<Json>();
        told.set(keyOf(figures), figures);
      },
    });
    for (const account of accounts) {
      await tidemark.nats.publish(`cash.${account}`, { id: 'first', type: 'deposit', amount: 10_000_000 });
    }
    load = await SteadyLoad.start(natsPort, accounts, random);
    await until(() => accounts.every((id) => [...told.keys()].some((key) => key.startsWith(`${id} `))), {
      what: 'every account to be told about',
    });
  });
  after(async () => {
    await load.stop();
    await nats.close();
    await tidemark.stop();
  });

  it(`says the same by NATS, WebSocket, REST and inspect, at ${moments} moments`, async () => {
    const reader = await client();
    await reader.ok('equity.subscribe', { account_ids: accounts });
    const shown = new Map<string, Json>();
    let compared = 0;
    const distinct = new Set<string>();
    let seen = 0;
    for (let asked = 0; compared < moments; asked++) {
      assert.ok(asked < 40 * moments, `only ${compared} of ${asked} moments were the same for all`);
      await sleep(Math.floor(30 * random.next()));
      const account = accounts[asked % accounts.length] ?? '';
      const [rest, inspected] = await Promise.all([
        gateway.ok(`/api/v1/accounts/${account}`),
        ask('inspect', { account_id: account }),
      ]);
      // Between ticks an event moves the sequence of an account: then they are of two moments.
      if (keyOf(rest) !== keyOf(inspected)) continue;
      const frames = reader.data('equity');
      for (; seen < frames.length; seen++) shown.set(keyOf(frames[seen] as Json), frames[seen] as Json);
      const key = keyOf(rest);
      const [emitted, frame] = [told.get(key), shown.get(key)];
      if (emitted === undefined || frame === undefined) continue;
      assert.deepEqual(rest, inspected);
      for (const [name, value] of Object.entries(emitted)) {
        assert.deepEqual([rest[name], frame[name]], [value, value], `${name} of ${key}`);
      }
      assert.equal(frame['equity'], emitted['total_equity']);
      compared++;
      distinct.add(key);
    }
    assert.ok(distinct.size > moments / 2, `${distinct.size} different ones of them`);
    reader.close();
  });

  it('is back by itself when it is killed; nothing else notices, and its clients resume', async () => {
    const reader = await client();
    await reader.ok('equity.subscribe', { account_ids: accounts });
    const before = await ask('stats', {});
    const others = await partsBeside('run gateway');
    const { pid } = await partOf('run gateway');
    const ticksBefore = told.size;
    process.kill(pid, 'SIGKILL');
    await reader.whenClosed();
    await until(() => told.size > ticksBefore + 20, { what: 'updates while the gateway is away' });
    await until(async () => (await gateway.get('/api/v1/ready')).status === 200, {
      what: 'the gateway to be back',
      timeoutMs: 60_000,
    });
    assert.notEqual((await partOf('run gateway')).pid, pid);
    const after = await ask('stats', {});
    assert.deepEqual([after['pid'], after['owner']], [before['pid'], before['owner']]);
    assert.deepEqual(await partsBeside('run gateway'), others);
    const resumed = await client();
    await resumed.ok('equity.subscribe', { account_ids: accounts });
    await until(() => accounts.every((id) => resumed.equity(id).length > 2), { what: 'states and updates' });
    for (const frame of resumed.data('equity')) {
      const emitted = told.get(keyOf(frame));
      if (emitted !== undefined) assert.equal(frame['total_equity'], emitted['total_equity']);
    }
    const known = resumed.data('equity').filter((frame) => told.has(keyOf(frame))).length;
    assert.ok(known > accounts.length, `${known} frames were compared`);
    resumed.close();
  });

  async function parts(): Promise<Process[]> {
    const all = await processes();
    return all.filter(({ command }) => command.includes(' run ') && isOfThis(all, command));
  }

  /** Of this test's system: they are children of its `up`. */
  function isOfThis(all: readonly Process[], command: string): boolean {
    const parent = all.find((each) => each.command === command)?.parent;
    return all.some(({ pid, parent: of }) => pid === parent && of === process.pid);
  }

  async function partOf(what: string): Promise<Process> {
    const found = (await parts()).filter(({ command }) => command.endsWith(what));
    assert.equal(found.length, 1, what);
    return found[0] as Process;
  }

  async function partsBeside(what: string): Promise<number[]> {
    const found = (await parts()).filter(({ command }) => !command.endsWith(what));
    assert.ok(found.length >= 3, 'store, engine and sink');
    return found.map(({ pid }) => pid).toSorted((a, b) => a - b);
  }
});
