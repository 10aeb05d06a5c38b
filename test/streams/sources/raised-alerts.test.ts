import assert from 'node:assert/strict';
import { limits } from '../../../config/limits.ts';
import type { Alert } from '../../../src/ports.ts';
import { NatsAlerts } from '../../../streams/sinks/alerts.ts';
import { WindowedPublisher } from '../../../streams/sinks/windowed-publisher.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { alertsDefinition } from '../../../streams/sources/stream-definitions.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { silentLog } from '../support/silent-log.ts';

describe('alerts that former owners raised', function () {
  this.timeout(30_000);
  let nats: TestNats;
  let link: Link;
  let publisher: WindowedPublisher;
  let sink: NatsAlerts;
  const log = silentLog();

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'engine', log });
    await (await managerOf(link.nats)).streams.add(alertsDefinition);
    publisher = new WindowedPublisher(link, new ManualClock(), log);
    sink = new NatsAlerts({ publisher, link, log });
  });
  afterEach(async () => {
    publisher.close();
    await link.close();
    await nats.stop();
  });

  const alert = (kind: Alert['kind'], id: string, state: Alert['state'] = 'raised', account = '7'): Alert => {
    const details = { currency: 'USD', cash: -5, nested: { any: [1, null] } };
    return {
      kind,
      account,
      id,
      state,
      severity: 'warning',
      message: 'ü',
      details,
      timestamp: 1_760_000_000_000,
    };
  };

  async function raised(): Promise<string[]> {
    return (await sink.raised()).map(({ kind, account, id }) => `${kind} ${account} ${id}`).sort();
  }

  it('are none where nothing was ever raised', async () => {
    assert.deepEqual(await sink.raised(), []);
  });

  it('are those of lasting kinds that were not cleared, whole', async () => {
    for (const each of [
      alert('overdraft', 'USD-1-0'),
      alert('overdraft', 'USD-2-0'),
      alert('overdraft', 'USD-1-0', 'cleared'),
      alert('overdraft', 'USD-1-0', 'raised', '8'),
      alert('unpriced', 'XYZ-4'),
      alert('held_price', 'XYZ-5', 'raised', '_'),
      alert('suspension', '9-0'),
      alert('rejected', 'LEDGER-7-0'),
      alert('sequence_gap', '8-0'),
    ]) {
      sink.publish(each);
    }
    await publisher.flush();
    assert.deepEqual(await raised(), [
      'held_price _ XYZ-5',
      'overdraft 7 USD-2-0',
      'overdraft 8 USD-1-0',
      'suspension 7 9-0',
      'unpriced 7 XYZ-4',
    ]);
    assert.deepEqual(
      (await sink.raised()).find(({ id }) => id === 'USD-2-0'),
      alert('overdraft', 'USD-2-0'),
    );
  });

  it('are found beside messages that are none, which are told of', async () => {
    const strange = [
      'nope',
      '[]',
      '{}',
      '{"alert_id":7}',
      JSON.stringify({ alert_id: 'a', state: 'lifted' }),
    ];
    const { nats: connection } = link;
    const jetStream = connection.jetstream();
    for (const [i, text] of strange.entries())
      await jetStream.publish(`alerts.overdraft.7.x${i}.raised`, text);
    sink.publish(alert('overdraft', 'USD-1-0'));
    await publisher.flush();
    assert.deepEqual(await raised(), ['overdraft 7 USD-1-0']);
    assert.deepEqual(
      log.lines.map(({ fields }) => fields),
      [{ subjects: 'alerts.overdraft.>', others: strange.length }],
    );
  });

  it('are all found, far beyond the window, also across a restart of the server', async () => {
    const count = limits.ledgerWindowMessages * 2 + 10;
    for (let i = 0; i < count; i++) {
      sink.publish(alert('unpriced', `XYZ-${i}`));
      if (i % 2 === 0) sink.publish(alert('unpriced', `XYZ-${i}`, 'cleared'));
    }
    await publisher.flush();
    const reading = sink.raised();
    await nats.kill();
    await nats.restart();
    await until(() => link.isUp, { what: 'the connection to be back' });
    assert.equal((await reading).length, count / 2);
  });
});
