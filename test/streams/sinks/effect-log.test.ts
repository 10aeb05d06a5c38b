import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../../../config/load.ts';
import { limits } from '../../../config/limits.ts';
import type { Effect } from '../../../src/domain/effect.ts';
import type { RecordedEffect } from '../../../src/domain/recorded.ts';
import { Fenced } from '../../../src/ports.ts';
import { NatsEffectLog } from '../../../streams/sinks/effect-log.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { previousPosition } from '../../../streams/codec/effect-record.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { effectsDefinition } from '../../../streams/sources/stream-definitions.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleEffect } from '../support/sample-rows.ts';
import { silentLog } from '../support/silent-log.ts';

describe('the effect log', () => {
  let nats: TestNats;
  let link: Link;
  let clock: ManualClock;
  const log = silentLog();
  const opened: NatsEffectLog[] = [];

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'control', log });
    clock = new ManualClock();
    await (await managerOf(link.nats)).streams.add(effectsDefinition(loadConfig({ env: {} })));
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) each.close();
    await link.close();
    await nats.stop();
  });

  function effectLog(partition = 0): NatsEffectLog {
    const made = new NatsEffectLog({ link, clock, log, partition });
    opened.push(made);
    return made;
  }

  async function owner(epoch: number, partition = 0): Promise<NatsEffectLog> {
    const made = effectLog(partition);
    await made.open(epoch);
    return made;
  }

  async function recordAll(to: NatsEffectLog, first: number, last: number, tick: number): Promise<void> {
    for (let sequence = first; sequence <= last; sequence++) to.record(sampleEffect({ sequence }));
    await to.publish(tick, tick + 0.5);
  }

  async function readAll(from: NatsEffectLog, position = 1): Promise<RecordedEffect[]> {
    const found: RecordedEffect[] = [];
    await from.read(position, (each) => void found.push(each));
    return found;
  }

  const sequencesOf = (effects: readonly RecordedEffect[]): number[] =>
    effects.map(({ sequence }) => sequence);
  const range = (first: number, last: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i);

  it('gives the next owner what was recorded, in order, with its tick', async () => {
    const first = await owner(1);
    assert.deepEqual([first.isEmpty, first.position], [true, 1]);
    const late: Partial<Effect> = {
      accountId: 'late-1',
      sequence: 1,
      event: { kind: 'booked', field: 'netFlow', amount: 100, currency: 'EUR' },
      bookings: [110],
    };
    first.record(sampleEffect({ sequence: 1 }));
    first.record(sampleEffect(late));
    assert.equal(first.isEmpty, false);
    assert.ok(first.outstandingBytes > 0);
    const published = first.publish(77, 77.5);
    assert.equal(first.isEmpty, true);
    first.record(sampleEffect({ sequence: 2, index: 3 }));
    await Promise.all([published, first.publish(NaN, NaN)]);
    assert.deepEqual([first.outstandingBytes, first.position], [0, 3]);

    const [event, booked, second] = await readAll(await owner(2));
    assert.deepEqual([event!.sequence, event!.tick, event!.time, event!.late], [1, 77, 77.5, null]);
    assert.deepEqual(event!.bookings, [250, NaN]);
    assert.deepEqual(booked!.late, { field: 'netFlow', currency: 'EUR', amount: 100 });
    assert.deepEqual([booked!.account, booked!.bookings], ['late-1', [110]]);
    assert.deepEqual([second!.sequence, second!.index, second!.tick], [2, 3, NaN]);
  });

  it('resolves at once where nothing was recorded, and writes nothing', async () => {
    const only = await owner(1);
    await only.publish(1, 1);
    assert.equal(only.position, 1);
    assert.deepEqual(await readAll(only), []);
  });

  it('takes as many messages as it needs, and reads from a position on', async () => {
    const first = await owner(1);
    await recordAll(first, 1, 20_000, 5);
    const between = first.position;
    assert.ok(between > 3);
    await recordAll(first, 20_001, 20_010, 6);
    const { streams } = await managerOf(link.nats);
    const { data } = await streams.getMessage('EFFECTS', { seq: 2 });
    assert.ok(data.length < limits.effectLogBytesMax + 1_000);
    const second = await owner(2);
    assert.deepEqual(sequencesOf(await readAll(second)), range(1, 20_010));
    assert.deepEqual(sequencesOf(await readAll(second, between + 1)), range(20_001, 20_010));
    assert.deepEqual(await readAll(second, second.position + 1), []);
  });

  it('keeps partitions apart', async () => {
    const [zero, one] = [await owner(1, 0), await owner(1, 1)];
    for (let tick = 1; tick <= 20; tick++) {
      await recordAll(zero, tick, tick, tick);
      await recordAll(one, 100 + tick, 100 + tick, tick);
    }
    const next = await owner(2, 0);
    assert.deepEqual(sequencesOf(await readAll(next)), range(1, 20));
    assert.equal((await next.find(17, 0))?.tick, 17);
    assert.equal(await next.find(117, 0), null);
  });

  it('refuses a former owner once a newer one has opened it, and everything after that', async () => {
    const former = await owner(1);
    assert.equal(await effectLog().lastEpoch(), 1);
    await recordAll(former, 1, 3, 1);
    assert.equal(await former.isLast(), true);
    const newer = await owner(2);
    assert.deepEqual([await former.isLast(), await newer.isLast()], [false, true]);
    former.record(sampleEffect({ sequence: 4 }));
    await assert.rejects(former.publish(2, 2), Fenced);
    await assert.rejects(former.publish(3, 3), Fenced);
    await recordAll(newer, 4, 5, 2);
    assert.deepEqual(sequencesOf(await readAll(await owner(3))), [1, 2, 3, 4, 5]);
    await assert.rejects(effectLog().open(2), Fenced);
  });

  it('fences an owner that goes on writing meanwhile', async () => {
    const former = await owner(1);
    let tick = 0;
    const writing = (async () => {
      // Ticks are milliseconds apart: one that wrote again at once would always be sooner than who reads before it writes.
      for (;;) await Promise.all([recordAll(former, ++tick, tick, tick), delay(1)]);
    })();
    await until(() => tick > 50, { what: 'fifty messages' });
    const newer = await owner(2);
    await assert.rejects(writing, Fenced);
    const found = sequencesOf(await readAll(newer));
    assert.deepEqual(found, range(1, found.length));
    assert.ok(found.length === tick - 1, 'what was acknowledged is there, and what was refused is not');
  });

  it('takes what an own message sent again is refused for as its acknowledgement', async () => {
    const { streams } = await managerOf(link.nats);
    const { config } = await streams.info('EFFECTS');
    // As after a long time without a connection: the server no longer knows the message's id.
    await streams.update('EFFECTS', { ...config, duplicate_window: 100_000_000 });
    const only = await owner(1);
    const { deliver } = deafLink(link);
    const deaf = new NatsEffectLog({ link: deliver.link, clock, log, partition: 0 });
    opened.push(deaf);
    await deaf.open(2);
    deliver.isDeaf = true;
    deaf.record(sampleEffect({ sequence: 1 }));
    const published = deaf.publish(1, 1);
    await until(async () => (await streams.info('EFFECTS')).state.last_seq === 3, { what: 'the message' });
    const probe = async (): Promise<boolean> => {
      const { duplicate } = await link.nats
        .jetstream()
        .publish('effects.9', 'x', { msgID: 'probe' })
        .then(
          (ack) => ack,
          () => ({ duplicate: true }),
        );
      return duplicate;
    };
    await probe();
    await until(async () => !(await probe()), { what: 'the end of the window' });
    deliver.isDeaf = false;
    clock.advance(limits.publishAckMs * 2);
    await published;
    assert.equal(deaf.position, 3);
    only.record(sampleEffect());
    await assert.rejects(only.publish(1, 1), Fenced);
  });

  it('loses nothing and doubles nothing when the server is killed under way', async () => {
    const first = await owner(1);
    const published: Promise<void>[] = [];
    for (let tick = 1; tick <= 200; tick++) {
      first.record(sampleEffect({ sequence: tick }));
      published.push(first.publish(tick, tick));
      if (tick % 40 === 20) {
        await until(() => first.position > tick / 2, { what: 'some of it' });
        await nats.kill();
      } else if (tick % 40 === 30) await nats.restart();
    }
    await Promise.all(published);
    assert.equal(first.outstandingBytes, 0);
    await nats.kill();
    await nats.restart();
    assert.deepEqual(sequencesOf(await readAll(await owner(2))), range(1, 200));
  });

  it('finds the record of each element, and says null where it has none', async () => {
    const first = await owner(1);
    for (let tick = 1; tick <= 60; tick++) {
      for (let sequence = tick * 10; sequence < tick * 10 + 8; sequence += 2)
        for (const index of [0, 1]) first.record(sampleEffect({ sequence, index, units: sequence + index }));
      await first.publish(tick, tick);
    }
    const second = await owner(2);
    await recordAll(second, 1_000, 1_003, 99);
    for (const each of [first, second]) {
      for (let tick = 1; tick <= 60; tick += 7) {
        const found = await each.find(tick * 10 + 4, 1);
        assert.deepEqual([found?.units, found?.tick], [tick * 10 + 5, tick]);
      }
      for (const [sequence, index] of [
        [9, 0],
        [11, 0],
        [14, 2],
        [108, 0],
        [5_000, 0],
      ] as const)
        // prettier-ignore
        assert.equal(await each.find(sequence, index), null, `${sequence} ${index}`);
    }
    assert.equal((await second.find(1_003, 0))?.tick, 99);
    await (await managerOf(link.nats)).streams.purge('EFFECTS', { seq: 20 });
    assert.equal(await second.find(10, 0), null);
    assert.equal((await second.find(604, 0))?.tick, 60);
  });

  it('finds both halves of a message that was recorded in two', async () => {
    const first = await owner(1);
    first.record(sampleEffect({ sequence: 5, index: 0 }));
    await first.publish(1, 1);
    const second = await owner(2);
    second.record(sampleEffect({ sequence: 5, index: 1 }));
    await second.publish(2, 2);
    assert.equal((await second.find(5, 0))?.tick, 1);
    assert.equal((await second.find(5, 1))?.tick, 2);
  });

  it('says what is lost where the stream no longer reaches back, or was made anew', async () => {
    const first = await owner(1);
    for (let tick = 1; tick <= 9; tick++) await recordAll(first, tick, tick, tick);
    const { streams } = await managerOf(link.nats);
    await streams.purge('EFFECTS', { seq: 6 });
    const second = await owner(2);
    await assert.rejects(
      readAll(second, 4),
      /EFFECTS begins at 6: its messages 4 to 5, which say .* are lost/,
    );
    assert.deepEqual(sequencesOf(await readAll(second, 6)), range(5, 9));
    await streams.deleteMessage('EFFECTS', 8);
    await assert.rejects(readAll(second, 6), /its messages 8 to 8, .* are lost/);
    await streams.purge('EFFECTS');
    await assert.rejects(readAll(await owner(3), 9), /its messages 9 to 11, .* are lost/);
    await streams.delete('EFFECTS');
    await streams.add(effectsDefinition(loadConfig({ env: {} })));
    await assert.rejects(readAll(await owner(4), 9), /EFFECTS ends at 1: its messages 2 to 8, .* are lost/);
  });

  it('is no loss where messages of other partitions are too old', async () => {
    const other = await owner(1, 1);
    const first = await owner(1);
    for (let tick = 1; tick <= 9; tick++) await recordAll(other, tick, tick, tick);
    await recordAll(first, 1, 1, 1);
    const { streams } = await managerOf(link.nats);
    await streams.purge('EFFECTS', { seq: 6 });
    assert.deepEqual(sequencesOf(await readAll(await owner(2), 3)), [1]);
  });

  it('goes on when everything it wrote is too old', async () => {
    const only = await owner(1);
    await recordAll(only, 1, 1, 1);
    const { streams } = await managerOf(link.nats);
    const before = only.position;
    await streams.purge('EFFECTS');
    await recordAll(only, 2, 2, 2);
    assert.equal((await only.find(2, 0))?.tick, 2);
    // What comes after it says so: it was there.
    const { data } = await streams.getMessage('EFFECTS', { seq: before + 1 });
    assert.equal(previousPosition(data), before);
    const next = await owner(2);
    assert.deepEqual(sequencesOf(await readAll(next, before + 1)), [2]);
    await assert.rejects(readAll(next, before), /are lost/);
  });
});

/** A link whose acknowledgements can be withheld: what is published arrives, and nobody hears of it. */
function deafLink(link: Link): { deliver: { isDeaf: boolean; link: Link } } {
  const deliver = { isDeaf: false, link };
  const nats = new Proxy(link.nats, {
    get(target, name): unknown {
      if (name === 'subscribe') {
        return ((subject, options) =>
          target.subscribe(subject, {
            ...options,
            callback: (error, message) => {
              if (!deliver.isDeaf) options?.callback?.(error, message);
            },
          })) satisfies Link['nats']['subscribe'];
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  deliver.link = new Proxy(link, {
    get: (target, name): unknown => (name === 'nats' ? nats : Reflect.get(target, name)),
  });
  return { deliver };
}
