/** States of accounts that are larger than the server's messages: whole or as before, whatever happens on the way. */
import assert from 'node:assert/strict';
import { limits } from '../../../config/limits.ts';
import { NatsChangelog } from '../../../streams/sinks/changelog.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { silentLog } from '../support/silent-log.ts';

/** Of so many bytes, each state another. */
const stateOf = (bytes: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + seed) & 255);
const large = 5 * limits.changelogPartBytesMax + 7;

describe('a state that is larger than a message', () => {
  let nats: TestNats;
  let link: Link;
  const log = silentLog();
  const opened: NatsChangelog[] = [];

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'control', log });
    await link.nats.jetstream().views.kv('ACCOUNTS', { history: 1 });
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) each.close();
    await link.close();
    await nats.stop();
  });

  async function owner(epoch: number): Promise<NatsChangelog> {
    const made = new NatsChangelog({ link, clock: new ManualClock(), log, partition: 0 });
    opened.push(made);
    await made.open(epoch);
    return made;
  }

  async function loaded(from: NatsChangelog): Promise<Map<string, Uint8Array>> {
    const states = new Map<string, Uint8Array>();
    const nothing = (): void => undefined;
    await from.load({ account: (id, state) => states.set(id, state), ids: nothing, mark: nothing });
    return states;
  }

  const same = (state: Uint8Array | undefined, expected: Uint8Array): void =>
    assert.ok(
      Buffer.from(state ?? []).equals(expected),
      `${state?.length ?? 0} bytes are not what was written`,
    );

  it('is given back whole, after a larger, a smaller and a small one of the same account', async () => {
    const first = await owner(1);
    await first.saveAccount('b', stateOf(10, 1));
    let epoch = 1;
    for (const size of [large, 2 * large, large - 500_001, 20, large]) {
      const before = await owner(++epoch);
      await loaded(before);
      const state = stateOf(size, epoch);
      await before.saveAccount('a', state);
      const states = await loaded(await owner(++epoch));
      same(states.get('a'), state);
      same(states.get('b'), stateOf(10, 1));
      let alone: Uint8Array | undefined;
      await before.read('a', { account: (_, read) => (alone = read), ids: () => undefined });
      same(alone, state);
    }
  });

  it('is the one before where the next was written in part', async () => {
    const first = await owner(1);
    await first.saveAccount('a', stateOf(large, 1));
    await first.saveAccount('a', stateOf(large, 2));
    const { nats: connection } = link;
    const publish = connection.publish.bind(connection);
    let parts = 0;
    connection.publish = (subject, data, options) => {
      if (subject.startsWith('$KV.ACCOUNTS.parts.')) parts++;
      // Killed before its head.
      const isHead = subject === '$KV.ACCOUNTS.0.a';
      if (!isHead || options?.headers?.get('Tidemark-Epoch') !== '1') publish(subject, data, options);
    };
    void first.saveAccount('a', stateOf(large, 3)).catch(() => undefined);
    await until(() => parts === 6, { what: 'the parts of the third state' });
    first.close();
    const second = await owner(2);
    same((await loaded(second)).get('a'), stateOf(large, 2));
    await second.saveAccount('a', stateOf(large, 4));
    same((await loaded(await owner(3))).get('a'), stateOf(large, 4));
    const { state } = await (await managerOf(link.nats)).streams.info('KV_ACCOUNTS');
    assert.equal(state.messages, 13, 'two sets of parts and a head, however often it is written');
  });

  it('is one or the other while it is written again and again', async () => {
    const writer = await owner(1);
    let written = 0;
    const writing = (async () => {
      while (written < 12) await writer.saveAccount('a', stateOf(large, ++written));
    })();
    await until(() => written > 1, { what: 'a first state' });
    const reader = await owner(0);
    while (written < 12) {
      const state = (await loaded(reader)).get('a');
      same(state, stateOf(large, state?.[0] ?? 0));
    }
    await writing;
  });

  it('is refused with a sentence where its parts are gone', async () => {
    await (await owner(1)).saveAccount('a', stateOf(large, 1));
    await (await managerOf(link.nats)).streams.purge('KV_ACCOUNTS', { filter: '$KV.ACCOUNTS.parts.0.a.0.3' });
    await assert.rejects(loaded(await owner(2)), /parts of the state of account a are missing/);
  });
});
