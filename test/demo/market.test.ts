import assert from 'node:assert/strict';
import { connect, type NatsConnection } from 'nats';
import { loadConfig } from '../../config/load.ts';
import { startDemo } from '../../src/demo/market.ts';
import { accountsPlanned } from '../../src/demo/plan.ts';
import { demoSymbols } from '../../src/demo/symbols.ts';
import { connectNats } from '../../streams/sources/connection.ts';
import { keepStreams } from '../../streams/sources/streams.ts';
import { silentLog } from '../streams/support/silent-log.ts';
import { startNats, type TestNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

const config = loadConfig({ env: {} });

describe('startDemo', () => {
  let server: TestNats;
  let nats: NatsConnection;

  before(async () => {
    server = await startNats();
    const link = await connectNats({ url: server.url, name: 'test', log: silentLog() });
    await keepStreams(link, config, silentLog());
    await link.close();
    nats = await connect({ servers: server.url });
  });

  after(async () => {
    await nats.close();
    await server.stop();
  });

  /** Messages in LEDGER by subject. */
  async function ledgerCounts(): Promise<Map<string, number>> {
    const manager = await nats.jetstreamManager();
    const counts = new Map<string, number>();
    const { state } = await manager.streams.info('LEDGER', { subjects_filter: '>' });
    for (const [subject, count] of Object.entries(state.subjects ?? {})) counts.set(subject, count);
    return counts;
  }

  async function openings(): Promise<string[]> {
    const manager = await nats.jetstreamManager();
    const { state } = await manager.streams.info('LEDGER');
    const found: string[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const { subject, data } = await manager.streams.getMessage('LEDGER', { seq });
      const text = new TextDecoder().decode(data);
      if (text.includes('"demo-fund"') || text.includes('"demo-open-1"')) found.push(subject);
    }
    return found;
  }

  it('opens and funds every account, prices every symbol, trades; a second start pays nothing in twice', async () => {
    const priced = new Map<string, number>();
    nats.subscribe('prices.*', {
      callback: (_, { subject, data }) => {
        const { price, bid } = JSON.parse(new TextDecoder().decode(data)) as { price?: string; bid?: string };
        priced.set(subject, Number(price ?? bid));
      },
    });
    await nats.flush();

    const first = await startDemo(config, { natsUrl: server.url, log: silentLog(), seed: 3 });
    const counts = await ledgerCounts();
    for (let id = 1; id <= accountsPlanned; id++) {
      assert.equal(counts.get(`accounts.${id}`), 1, `account ${id} is opened`);
      assert.ok((counts.get(`cash.${id}`) ?? 0) >= 1, `account ${id} is funded`);
    }
    const manager = await nats.jetstreamManager();
    const trades = async (): Promise<number> => (await manager.streams.info('TRADES')).state.last_seq;
    await until(() => priced.size === demoSymbols.length, { what: 'a price of every symbol' });
    await until(async () => (await trades()) > 0, { what: 'a trade' });
    await first.stop();
    assert.equal((await openings()).length, new Set(await openings()).size);
    const tradesBefore = await trades();

    const bucket = await nats.jetstream().views.kv('DEMO');
    const kept = (await bucket.get('market'))?.json<{ prices: Record<string, string> }>();
    assert.equal(Object.keys(kept?.prices ?? {}).length, demoSymbols.length);
    await bucket.put('market', JSON.stringify({ runs: 1, prices: { ...kept?.prices, AAPL: '100.00' } }));
    priced.clear();
    const second = await startDemo(config, { natsUrl: server.url, log: silentLog(), seed: 3 });
    await until(() => priced.size === demoSymbols.length, { what: 'a price of every symbol again' });
    const apple = priced.get('prices.AAPL') ?? 0;
    assert.ok(apple > 90 && apple < 110, `goes on from where it was, not from its start: ${apple}`);
    await until(async () => (await trades()) > tradesBefore, { what: 'another trade' });
    await second.stop();
    const all = await openings();
    assert.equal(all.length, new Set(all).size, 'each opening message is there once');
    assert.equal(all.filter((subject) => subject.startsWith('cash.')).length, accountsPlanned);
  });
});
