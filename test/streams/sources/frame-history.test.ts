import assert from 'node:assert/strict';
import { loadConfig } from '../../../config/load.ts';
import type { RecordedPeriod } from '../../../src/domain/recorded.ts';
import { NatsFrames } from '../../../streams/sinks/frames.ts';
import { WindowedPublisher } from '../../../streams/sinks/windowed-publisher.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { NatsFrameHistory } from '../../../streams/sources/frame-history.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { framesDefinition } from '../../../streams/sources/stream-definitions.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleCurve, sampleEffect, sampleTime } from '../support/sample-rows.ts';
import { silentLog } from '../support/silent-log.ts';

describe('what frames know of the past', () => {
  let nats: TestNats;
  let link: Link;
  let publisher: WindowedPublisher;
  const clock = new ManualClock();
  const log = silentLog();
  const opened: NatsFrames[] = [];

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'control', log });
    publisher = new WindowedPublisher(link, clock, log);
    await (await managerOf(link.nats)).streams.add(framesDefinition(loadConfig({ env: {} })));
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) each.close();
    publisher.close();
    await link.close();
    await nats.stop();
  });

  async function frames(epoch: number, partition = 0): Promise<NatsFrames> {
    const made = new NatsFrames({ publisher, clock, log, partition, flushIntervalMs: 500 });
    await made.open(epoch);
    opened.push(made);
    return made;
  }

  /** One effect and one row of the curve, in frames of their own. */
  async function write(to: NatsFrames, sequence: number, tick: number): Promise<void> {
    to.effect(sampleEffect({ sequence }));
    to.curve(sampleCurve({ accountId: String(sequence % 2), tick, sequence }));
    to.seal(tick, sampleTime, sequence);
    to.release();
    await to.flush();
  }

  async function history(from: number): Promise<NatsFrameHistory> {
    const made = new NatsFrameHistory({ link, log, partition: 0 });
    await made.load(from, { late: true, strays: new Set() });
    return made;
  }

  it('is nothing at first', async () => {
    const none = await history(1);
    assert.deepEqual([none.framedThrough, none.isFramed(1), none.curves.size], [0, false, 0]);
  });

  it('is the last row of each curve, and which effects are framed, from a position on', async () => {
    const mine = await frames(1);
    for (let sequence = 1; sequence <= 6; sequence++) await write(mine, sequence, 100 + sequence);
    await write(await frames(1, 1), 50, 500);
    const all = await history(1);
    assert.deepEqual(
      [all.framedThrough, all.isFramed(1), all.isFramed(6), all.isFramed(7)],
      [6, true, true, false],
    );
    const last = new Map(all.curves);
    assert.deepEqual([last.get('1')?.tick, last.get('0')?.tick], [105, 106]);
    all.forget();
    assert.equal(all.curves.size, 0);
    const late = await history(10);
    assert.deepEqual([late.isFramed(4), late.isFramed(5), late.framedThrough], [false, true, 6]);
    await (await managerOf(link.nats)).streams.purge('FRAMES', { seq: 12 });
    assert.deepEqual([...new Map((await history(4)).curves).keys()], ['0']);
  });

  it('is, asked again for some accounts, every row of theirs, without a former owner’s', async () => {
    const former = await frames(1);
    for (let sequence = 1; sequence <= 4; sequence++) await write(former, sequence, 100 + sequence);
    await write(await frames(2), 5, 105);
    await write(former, 7, 107);
    const past = await history(1);
    const seen: RecordedPeriod[] = [];
    await past.periods(1, new Set(['1', 'nobody']), (period) => seen.push(period));
    assert.deepEqual(
      seen.map(({ account, tick }) => `${account} ${tick}`),
      ['1 101', '1 103', '1 105'],
    );
    const { navLow, navHigh, worstDrawdown, totalEquity, netFlow } = sampleCurve();
    assert.deepEqual(seen[0], {
      ...{ account: '1', sequence: 1, tick: 101, time: sampleTime, epoch: 1 },
      ...{ navLow, navHigh, worstDrawdown, profit: totalEquity - netFlow },
    });
  });

  it('leaves out what a former owner wrote after a newer one had begun', async () => {
    const former = await frames(1);
    await write(former, 1, 101);
    const newer = await frames(2);
    await write(newer, 3, 201);
    await write(former, 5, 105);
    const { framedThrough, curves } = await history(1);
    assert.deepEqual([framedThrough, new Map(curves).get('1')?.tick], [3, 201]);
  });

  it('leaves it out also where the newer one has only begun, before the position', async () => {
    const former = await frames(1);
    await frames(2);
    await write(former, 5, 105);
    const { framedThrough, curves } = await history(3);
    assert.deepEqual([framedThrough, curves.size], [0, 0]);
  });
});
