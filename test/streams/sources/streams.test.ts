import assert from 'node:assert/strict';
import { loadConfig } from '../../../config/load.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { keepStreams } from '../../../streams/sources/streams.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { silentLog } from '../support/silent-log.ts';

describe('the streams of an installation', () => {
  let nats: TestNats;
  let link: Link;
  const log = silentLog();

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'control', log });
  });
  afterEach(async () => {
    await link.close();
    await nats.stop();
  });

  async function names(): Promise<string[]> {
    const found = [];
    for await (const { config } of (await managerOf(link.nats)).streams.list()) found.push(config.name);
    return found.toSorted();
  }

  const all = [
    'ALERTS',
    'DEAD_LETTERS',
    'EFFECTS',
    'FRAMES',
    'KV_ACCOUNTS',
    'KV_INSTRUMENTS',
    'LEDGER',
    'PRICES',
    'TRADES',
  ];

  it('are there at the start, with and without PRICES, whatever the age of frames', async () => {
    await keepStreams(link, loadConfig({ env: { TIDEMARK_PRICES_CAPTURE: 'false' } }), log);
    assert.deepEqual(
      await names(),
      all.filter((name) => name !== 'PRICES'),
    );
    await keepStreams(link, loadConfig({ env: {} }), log);
    assert.deepEqual(await names(), all);
    await (await managerOf(link.nats)).streams.delete('FRAMES');
    await keepStreams(link, loadConfig({ env: { TIDEMARK_FRAMES_MAX_AGE: '30s' } }), log);
    assert.deepEqual(await names(), all);
  });

  it('stay as somebody else has made them', async () => {
    const { streams } = await managerOf(link.nats);
    await streams.add({
      name: 'LEDGER',
      subjects: ['settlements.>', 'cash.>', 'accounts.>'],
      max_bytes: 1_000_000,
    });
    await keepStreams(link, loadConfig({ env: {} }), log);
    assert.equal((await streams.info('LEDGER')).config.max_bytes, 1_000_000);
  });

  it('are there again when nats-server comes back without those in memory', async () => {
    await keepStreams(link, loadConfig({ env: {} }), log);
    const reconnected = new Promise<void>((resolve) => link.onReconnect(resolve));
    await nats.kill();
    await nats.restart();
    await reconnected;
    await until(async () => (await names()).includes('PRICES'), { what: 'PRICES' });
    assert.deepEqual(await names(), all);
  });
});
