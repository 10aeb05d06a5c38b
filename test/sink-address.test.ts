/** A sink that is started by hand before the store's first start: the password is made after it has looked for it. */
import assert from 'node:assert/strict';
import { connect } from 'nats';
import { startSink, type Sink } from '../src/sink.ts';
import { frameRow, publishFrame } from './support/frames.ts';
import { startNats, type TestNats } from './support/nats.ts';
import { startStoreProcess, type TestStore } from './support/store-process.ts';
import { silentLog } from './streams/support/silent-log.ts';
import { until } from './support/until.ts';

describe('a sink that was started before the store', function () {
  this.timeout(60_000);
  let nats: TestNats;
  let store: TestStore;
  let sink: Sink;

  before(async () => {
    [nats, store] = await Promise.all([startNats(), startStoreProcess()]);
  });

  after(async () => {
    await sink.stop();
    await Promise.all([nats.stop(), store.stop()]);
  });

  it('asks for its address again while it cannot begin', async () => {
    const { url, user } = store;
    let password = '';
    const clickhouse = () => ({ url, user, password, database: 'tidemark' });
    sink = await startSink({ nats, clickhouse, log: silentLog() });
    const connection = await connect({ servers: nats.url });
    const row = frameRow('equity_curve', { ts: Date.UTC(2026, 0, 2), tick: 1, epoch: 1 });
    await publishFrame(connection.jetstream(), { name: '1:0:1:0', table: 'equity_curve', rows: [row] });
    await connection.close();
    await until(() => sink.stats().waiting_for?.includes('Authentication failed'), {
      what: 'the refusal of an empty password',
    });
    ({ password } = store);
    await until(() => sink.stats().rows === 1, { what: 'the row', timeoutMs: 30_000 });
    assert.equal(sink.stats().state, 'inserting');
  });
});
