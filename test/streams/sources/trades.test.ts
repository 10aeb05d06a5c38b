import assert from 'node:assert/strict';
import { loadConfig } from '../../../config/load.ts';
import { InstrumentTable, type InstrumentFields } from '../../../src/domain/instrument.ts';
import { SymbolTable } from '../../../src/domain/symbol-table.ts';
import type { DeadLetter } from '../../../src/ports.ts';
import { WindowedPublisher } from '../../../streams/sinks/windowed-publisher.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { NatsInstrumentSource } from '../../../streams/sources/instruments.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { keepStreams } from '../../../streams/sources/streams.ts';
import { NatsTradeSource, tradesConsumer } from '../../../streams/sources/trades.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingIntake } from '../support/recording-intake.ts';
import { silentLog } from '../support/silent-log.ts';

describe('over NATS', () => {
  let nats: TestNats;
  let link: Link;
  let sender: Link;
  const clock = new ManualClock();
  const log = silentLog();
  let letters: DeadLetter[];
  const refuse = (letter: DeadLetter): void => void letters.push(letter);
  const streams = async () => (await managerOf(sender.nats)).streams;

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'control', log });
    sender = await connectNats({ url: nats.url, name: 'sender', log });
    await keepStreams(link, loadConfig({ env: {} }), log);
    letters = [];
  });
  afterEach(async () => {
    await link.close();
    await sender.close();
    await nats.stop();
  });

  describe('trades', () => {
    let source: NatsTradeSource;
    let publisher: WindowedPublisher;
    let intake: RecordingIntake;
    const trade = { id: 't1', symbol: 'SAP', price: '10.50', quantity: 3, buyer: '7', seller: 8, ts: 5 };
    const send = (message: unknown): Promise<unknown> =>
      sender.nats.jetstream().publish('trades', JSON.stringify(message));

    beforeEach(() => {
      publisher = new WindowedPublisher(link, clock, log);
      intake = new RecordingIntake();
      const instruments = new InstrumentTable(new SymbolTable());
      source = new NatsTradeSource({ link, publisher, instruments, clock, log });
    });
    afterEach(async () => {
      await source.close();
      publisher.close();
    });

    async function ledger(): Promise<unknown[]> {
      const api = await streams();
      const { state } = await api.info('LEDGER');
      const found = [];
      for (let seq = 1; seq <= state.last_seq; seq++) {
        const { subject, data, header } = await api.getMessage('LEDGER', { seq });
        found.push([subject, JSON.parse(new TextDecoder().decode(data))]);
        assert.notEqual(header.get('Nats-Msg-Id'), '');
      }
      return found;
    }

    it('become two settlements in LEDGER, and a price', async () => {
      await send({ ...trade, seller_fee: -2 });
      await source.open(intake, refuse, () => Promise.resolve());
      await source.drain();
      const settled = { symbol: 'SAP', quantity: 3, price: '10.50', ts: 5 };
      assert.deepEqual(await ledger(), [
        ['settlements.7', { ...settled, id: 't1-buy', side: 'buy', fee: 0 }],
        ['settlements.8', { ...settled, id: 't1-sell', side: 'sell', fee: -2 }],
      ]);
      assert.deepEqual(intake.offers, [[0, 105_000, 5]]);
    });

    it('of one id all come to LEDGER, which tells duplicates and conflicts of an account', async () => {
      await source.open(intake, refuse, () => Promise.resolve());
      await send(trade);
      await send({ ...trade, price: '11' });
      await send([{ ...trade, buyer: '9', seller: '10' }, trade]);
      await source.drain();
      assert.deepEqual(
        (await ledger()).map((each) => (each as [string])[0]).toSorted(),
        ['7', '8', '7', '8', '9', '10', '7', '8'].map((account) => `settlements.${account}`).toSorted(),
      );
    });

    it('that are delivered again are not refused again, nor settled again', async () => {
      await send([trade, 7]);
      await source.open(intake, refuse, () => Promise.resolve());
      await source.drain();
      // The server forgets what was acknowledged, and delivers from the beginning.
      const { consumers } = await managerOf(sender.nats);
      await consumers.delete('TRADES', tradesConsumer);
      await link.nats.reconnect();
      const acknowledged = async (): Promise<boolean> => {
        const info = await consumers.info('TRADES', tradesConsumer).catch(() => null);
        return info?.ack_floor.stream_seq === 1;
      };
      await until(acknowledged, { what: 'the acknowledgement of what is delivered again' });
      assert.equal(letters.length, 1);
      assert.equal((await ledger()).length, 2);
    });

    it('that are wrong are refused by field, with their place in TRADES, and stop nothing', async () => {
      await source.open(intake, refuse, () => Promise.resolve());
      const { buyer: _, ...noBuyer } = trade;
      const bad = [
        'nope',
        5,
        [],
        { ...trade, id: 'x'.repeat(60) },
        { ...trade, symbol: 'A B' },
        { ...trade, price: 'x' },
        { ...trade, quantity: null },
        noBuyer,
        { ...trade, seller: 'a b' },
        { ...trade, seller_fee: 1.5 },
        { ...trade, ts: 'now' },
      ];
      for (const each of bad) await send(each);
      await sender.nats.jetstream().publish('trades', '{');
      await sender.nats.jetstream().publish('trades.x', JSON.stringify(trade));
      await send([trade, 7]);
      await source.drain();
      const array = 'an empty array';
      assert.deepEqual(
        letters.map(({ detail }) => detail),
        [
          ...[
            'not an object',
            'not an object',
            array,
            'id',
            'symbol',
            'price',
            'quantity',
            'buyer',
            'seller',
          ],
          ...['seller_fee', 'ts', 'not JSON', 'subject', 'not an object'],
        ],
      );
      const last = letters.at(-1)!;
      assert.deepEqual(
        [last.stream, last.sequence, last.index, last.subject],
        ['TRADES', bad.length + 3, 1, 'trades'],
      );
      assert.equal((await ledger()).length, 2);
    });

    it('are settled once each, whatever is killed meanwhile', async () => {
      await source.open(intake, refuse, () => Promise.resolve());
      const count = 300;
      for (let i = 0; i < count; i++) {
        const message = JSON.stringify({ ...trade, id: `t${i}` });
        const publish = () =>
          sender.nats.jetstream().publish('trades', message, { timeout: 500, msgID: `t${i}` });
        await until(publish, { what: 'an acknowledgement' });
        if (i === count / 2) {
          await nats.kill();
          await nats.restart();
        }
      }
      await source.drain();
      const settled = (await ledger()) as [string, { id: string }][];
      const ids = settled.map(([, { id }]) => id);
      assert.equal(ids.length, 2 * count);
      assert.equal(new Set(ids).size, 2 * count);
      const info = await (await managerOf(sender.nats)).consumers.info('TRADES', tradesConsumer);
      assert.equal(info.num_ack_pending, 0);
    });
  });

  describe('instruments', () => {
    let source: NatsInstrumentSource;
    let changes: [string, InstrumentFields][];

    beforeEach(() => {
      source = new NatsInstrumentSource({ link, clock, log });
      changes = [];
    });
    afterEach(() => source.close());

    const open = (): Promise<void> => source.open((symbol, fields) => changes.push([symbol, fields]), refuse);
    const bucket = () => sender.nats.jetstream().views.kv('INSTRUMENTS', { history: 1 });

    it('are told as the bucket holds them, then as they change', async () => {
      const kv = await bucket();
      await kv.put('BRK=2EB', '{"currency":"USD","price_scale":2}');
      await kv.put('SAP', '{"currency":"EUR","color":"blue"}');
      await kv.put('SAP', '{"currency":"CHF","sector":"Software"}');
      await open();
      assert.deepEqual(changes, [
        ['BRK.B', { currency: 'USD', price_scale: 2 }],
        ['SAP', { currency: 'CHF', sector: 'Software' }],
      ]);
      assert.deepEqual(await source.lookup('SAP'), { currency: 'CHF', sector: 'Software' });
      assert.equal(await source.lookup('XYZ'), null);
      await kv.put('ES', '{"style":"margined","multiplier":50}');
      await kv.delete('SAP');
      await until(() => changes.length === 4, { what: 'two changes' });
      assert.deepEqual(changes.slice(2), [
        ['ES', { style: 'margined', multiplier: 50 }],
        ['SAP', {}],
      ]);
      assert.equal(await source.lookup('SAP'), null);
    });

    it('of the subject are written to the bucket', async () => {
      await open();
      sender.nats.publish('instruments.BRK%2EB', '{"currency":"EUR"}');
      await until(() => changes.length === 1, { what: 'the change' });
      assert.deepEqual(changes, [['BRK.B', { currency: 'EUR' }]]);
      assert.deepEqual((await (await bucket()).get('BRK=2EB'))!.json(), { currency: 'EUR' });
    });

    it('that are wrong are refused by field', async () => {
      await open();
      const bad = [
        'x',
        '[]',
        '{"currency":"dollars"}',
        '{"price_scale":13}',
        '{"style":"cfd"}',
        '{"multiplier":0}',
      ];
      const more = ['{"sector":5}', '{"initial_margin_rate":"1"}'];
      for (const each of [...bad, ...more]) sender.nats.publish('instruments.SAP', each);
      sender.nats.publish('instruments.SAP.x', '{}');
      await (await bucket()).put('SAP', '{"price_scale":-1}');
      await until(() => letters.length === 10, { what: 'ten refusals' });
      assert.deepEqual(
        letters.map(({ detail }) => detail).toSorted(),
        [
          'not JSON',
          'not an object',
          'currency',
          'price_scale',
          'style',
          'multiplier',
          'sector',
          'initial_margin_rate',
        ]
          .concat('subject', 'price_scale')
          .toSorted(),
      );
      assert.ok(letters.some(({ stream, sequence }) => stream === 'KV_INSTRUMENTS' && sequence === 1));
      assert.deepEqual(changes, []);
    });

    it('go on being told after nats-server was killed, each change once', async () => {
      const kv = await bucket();
      await kv.put('SAP', '{"currency":"EUR"}');
      await open();
      await nats.kill();
      await nats.restart();
      await until(() => sender.isUp, { what: 'the connection' });
      await until(() => kv.put('ES', '{}'), { what: 'the change to be kept' });
      await until(() => changes.length === 2, { what: 'the change' });
      assert.deepEqual(
        changes.map(([symbol]) => symbol),
        ['SAP', 'ES'],
      );
    });
  });
});
