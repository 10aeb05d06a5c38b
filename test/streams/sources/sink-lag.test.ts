import assert from 'node:assert/strict';
import { AckPolicy } from 'nats';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { sinkConsumer } from '../../../streams/sources/frames.ts';
import { NatsSinkLag } from '../../../streams/sources/sink-lag.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { framesDefinition, framesStream } from '../../../streams/sources/stream-definitions.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { silentLog } from '../support/silent-log.ts';

describe('how far the sink is', () => {
  let nats: TestNats;
  let link: Link;
  let lag: NatsSinkLag;

  before(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'control', log: silentLog() });
    lag = new NatsSinkLag(link);
  });
  after(async () => {
    await link.close();
    await nats.stop();
  });

  it('nobody can say before a sink has ever run', async () => {
    assert.equal(await lag.frames(), null);
    await (await managerOf(link.nats)).streams.add(framesDefinition({ frames: { max_age: '1d' } }));
    assert.equal(await lag.frames(), null);
  });

  it('is the frames that it has not acknowledged, delivered or not', async () => {
    const { consumers } = await managerOf(link.nats);
    await consumers.add(framesStream, { durable_name: sinkConsumer, ack_policy: AckPolicy.Explicit });
    assert.equal(await lag.frames(), 0);
    const jetStream = link.nats.jetstream();
    for (let i = 0; i < 3; i++) await jetStream.publish('frames.0.prices', '[]');
    assert.equal(await lag.frames(), 3);
    const frame = await (await jetStream.consumers.get(framesStream, sinkConsumer)).next();
    assert.equal(await lag.frames(), 3);
    assert.equal(await frame?.ackAck(), true);
    assert.equal(await lag.frames(), 2);
  });

  it('nobody can say while NATS is away', async () => {
    await nats.kill();
    await until(() => !link.isUp, { what: 'the connection to be lost' });
    assert.equal(await lag.frames(), null);
  });
});
