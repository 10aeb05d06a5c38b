import assert from 'node:assert/strict';
import { headers } from 'nats';
import { limits } from '../../../config/limits.ts';
import { changelogFormat, type Checkpoint, type RecordedPrice } from '../../../src/domain/recorded.ts';
import { Fenced, type ChangelogReader } from '../../../src/ports.ts';
import { NatsChangelog } from '../../../streams/sinks/changelog.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { silentLog } from '../support/silent-log.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const checkpoint: Checkpoint = {
  format: changelogFormat,
  held: ['a1'],
  ledgerCreated: '2026-01-15T12:00:00.123456789Z',
  partitions: 1,
  sequence: 17,
  effectsFrom: 5,
  framesFrom: 9,
  tickCeiling: 1_760_000_005_000,
};

class Remembered implements ChangelogReader {
  readonly states: Record<string, string> = {};
  readonly pages: Record<string, string> = {};
  readonly marks: RecordedPrice[] = [];
  /** In the order in which they came: `ids` or `state`. */
  readonly order: string[] = [];

  account(account: string, state: Uint8Array): void {
    this.states[account] = new TextDecoder().decode(state);
    this.order.push('state');
  }

  ids(account: string, slot: number, page: Uint8Array): void {
    this.pages[`${account} ${slot}`] = new TextDecoder().decode(page);
    this.order.push('ids');
  }

  mark(mark: RecordedPrice): void {
    this.marks.push(mark);
  }
}

describe('the changelog', () => {
  let nats: TestNats;
  let link: Link;
  let clock: ManualClock;
  const log = silentLog();
  const opened: NatsChangelog[] = [];

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'control', log });
    clock = new ManualClock();
    await link.nats.jetstream().views.kv('ACCOUNTS', { history: 1 });
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) each.close();
    await link.close();
    await nats.stop();
  });

  async function owner(epoch: number, partition = 0): Promise<NatsChangelog> {
    const made = new NatsChangelog({ link, clock, log, partition });
    opened.push(made);
    await made.open(epoch);
    return made;
  }

  async function loaded(from: NatsChangelog): Promise<{ found: Remembered; checkpoint: Checkpoint | null }> {
    const found = new Remembered();
    return { checkpoint: await from.load(found), found };
  }

  const bucket = () => link.nats.jetstream().views.kv('ACCOUNTS');

  it('is empty at first', async () => {
    const { found, checkpoint: none } = await loaded(await owner(1));
    assert.equal(none, null);
    assert.equal(await (await owner(1)).lastEpoch(), 0);
    assert.deepEqual(found, new Remembered());
  });

  it('gives back the last of each value, and the checkpoint', async () => {
    const first = await owner(1);
    const marks: RecordedPrice[] = [
      { symbol: 'BRK.B', price: '187.23', bid: '187.22', ask: '-0.0001', time: 5 },
      { symbol: 'A', price: '1', bid: '1', ask: '1', time: NaN },
    ];
    await first.saveIds('a-1', 0, bytes('page 0'));
    await first.saveIds('a-1', 7, bytes('page 7'));
    await first.saveAccount('a-1', bytes('old'));
    await first.saveAccount('a-1', bytes('new'));
    await first.saveAccount('b_2', Uint8Array.of(0, 255));
    await first.saveMarks(3, []);
    await first.saveMarks(3, marks);
    await first.saveCheckpoint({ ...checkpoint, sequence: 1 });
    await first.saveCheckpoint(checkpoint);
    const { found, checkpoint: last } = await loaded(await owner(2));
    assert.deepEqual(last, checkpoint);
    assert.equal(await (await owner(2)).lastEpoch(), 1);
    assert.deepEqual(Object.keys(found.states), ['a-1', 'b_2']);
    assert.equal(found.states['a-1'], 'new');
    assert.deepEqual(found.pages, { 'a-1 0': 'page 0', 'a-1 7': 'page 7' });
    assert.deepEqual(found.marks, marks);
    assert.deepEqual(found.order, ['ids', 'ids', 'state', 'state']);

    const one = new Remembered();
    await first.read('a-1', one);
    assert.deepEqual(one.states, { 'a-1': 'new' });
    assert.deepEqual(one.order, ['ids', 'ids', 'state']);
    const none = new Remembered();
    await first.read('nobody', none);
    assert.deepEqual(none, new Remembered());
  });

  it('keeps partitions apart, and passes over what was deleted', async () => {
    const [zero, one] = [await owner(1, 0), await owner(1, 1)];
    await Promise.all(['a', 'b', 'c'].map((account) => zero.saveAccount(account, bytes(account))));
    await one.saveAccount('d', bytes('d'));
    await one.saveIds('d', 0, bytes('page'));
    await one.saveCheckpoint(checkpoint);
    await (await bucket()).delete('0.b');
    const { found, checkpoint: last } = await loaded(await owner(2, 0));
    assert.equal(last, null);
    assert.deepEqual(found.states, { a: 'a', c: 'c' });
    assert.deepEqual(found.pages, {});
    assert.deepEqual((await loaded(await owner(2, 1))).found.states, { d: 'd' });
    const next = await owner(2, 0);
    await next.saveAccount('b', bytes('again'));
    assert.equal((await loaded(next)).found.states['b'], 'again');
  });

  it('writes over what a former owner wrote meanwhile, and never the other way round', async () => {
    const former = await owner(1);
    await former.saveAccount('a', bytes('1'));
    await former.saveAccount('b', bytes('1'));
    const newer = await owner(2);
    await loaded(newer);
    await former.saveAccount('a', bytes('former, late'));
    await newer.saveAccount('a', bytes('newer'));
    await newer.saveAccount('b', bytes('newer'));
    await assert.rejects(former.saveAccount('b', bytes('former, too late')), Fenced);
    // From then on it writes nothing, also where nobody else has written.
    await assert.rejects(former.saveAccount('c', bytes('former')), Fenced);
    await assert.rejects(former.saveCheckpoint(checkpoint), Fenced);
    const { found } = await loaded(await owner(3));
    assert.deepEqual(found.states, { a: 'newer', b: 'newer' });
  });

  it('writes in order what is saved at once, also over an own attempt that it does not know of', async () => {
    const only = await owner(2);
    await only.saveAccount('a', bytes('1'));
    const js = link.nats.jetstream();
    // As an attempt whose acknowledgement was lost, and which the publisher repeats.
    for (let i = 0; i < 3; i++) {
      const fields = headers();
      fields.set('Tidemark-Epoch', '2');
      await js.publish('$KV.ACCOUNTS.0.a', 'own attempt', { headers: fields });
    }
    await Promise.all(Array.from({ length: 50 }, (_, i) => only.saveAccount('a', bytes(`state ${i}`))));
    assert.equal((await loaded(only)).found.states['a'], 'state 49');
    const { state } = await (await managerOf(link.nats)).streams.info('KV_ACCOUNTS');
    assert.equal(state.last_seq, 1 + 3 + 50);
  });

  it('loses nothing when the server is killed under way', async () => {
    const only = await owner(1);
    const saves: Promise<void>[] = [];
    for (let round = 1; round <= 10; round++) {
      for (let i = 0; i < 300; i++) saves.push(only.saveAccount(`a${i}`, bytes(`${round}`)));
      if (round === 3 || round === 7) await nats.kill();
      if (round === 5 || round === 9) await nats.restart();
    }
    await Promise.all(saves);
    const { found } = await loaded(await owner(2));
    assert.equal(Object.keys(found.states).length, 300);
    assert.ok(Object.values(found.states).every((state) => state === '10'));
  });

  it('gives up where somebody keeps writing without an epoch', async () => {
    const only = await owner(1);
    await only.saveAccount('a', bytes('1'));
    const meddler = await bucket();
    const { nats: connection } = link;
    const publish = connection.publish.bind(connection);
    const subject = '$KV.ACCOUNTS.0.a';
    connection.publish = (...args) => {
      if (args[0] === subject && args[2]?.headers?.has('Tidemark-Epoch') === true)
        publish(subject, 'meddled');
      publish(...args);
    };
    await assert.rejects(only.saveAccount('a', bytes('2')), /written by somebody else, too: refused 9 times/);
    connection.publish = publish;
    assert.equal(limits.changelogRetriesMax, 8);
    assert.equal((await meddler.get('0.a'))?.string(), 'meddled');
    await only.saveAccount('a', bytes('3'));
  });

  it('reads a checkpoint of the first format, in which no account was held back', async () => {
    await (await owner(1)).saveAccount('a', bytes('1'));
    const { ledgerCreated, partitions, sequence, effectsFrom, framesFrom, tickCeiling } = checkpoint;
    const first = {
      format: 1,
      ledger_created: ledgerCreated,
      partitions,
      sequence,
      effects_from: effectsFrom,
      frames_from: framesFrom,
      tick_ceiling: tickCeiling,
    };
    await (await bucket()).put('checkpoint.0', JSON.stringify(first));
    assert.deepEqual((await loaded(await owner(2))).checkpoint, { ...checkpoint, held: [] });
  });

  it('refuses a checkpoint of a format it does not know, before anything is read', async () => {
    const only = await owner(1);
    await only.saveAccount('a', bytes('1'));
    await only.saveCheckpoint({ ...checkpoint, format: 3 });
    const found = new Remembered();
    await assert.rejects(
      only.load(found),
      /changelog has format 3 and this version reads format 2: run the version/,
    );
    assert.deepEqual(found.states, {});
    await (await bucket()).put('checkpoint.0', 'hello');
    await assert.rejects((await owner(2)).load(found), /cannot be read/);
    await (await bucket()).put('checkpoint.0', '{"format":1,"sequence":"x"}');
    await assert.rejects((await owner(2)).load(found), /cannot be read/);
  });
});
