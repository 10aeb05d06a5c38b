import assert from 'node:assert/strict';
import { loadConfig } from '../../../config/load.ts';
import { limits } from '../../../config/limits.ts';
import { InstrumentTable } from '../../../src/domain/instrument.ts';
import { SymbolTable } from '../../../src/domain/symbol-table.ts';
import type { DeadLetter, TickMessage } from '../../../src/ports.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { NatsPriceSource } from '../../../streams/sources/prices.ts';
import { keepStreams } from '../../../streams/sources/streams.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { ticksFrom } from '../../../streams/sources/ticks.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingIntake } from '../support/recording-intake.ts';
import { silentLog } from '../support/silent-log.ts';

describe('prices over NATS', () => {
  let nats: TestNats;
  let input: Link;
  let sender: Link;
  let clock: ManualClock;
  let symbols: SymbolTable;
  let intake: RecordingIntake;
  let letters: DeadLetter[];
  let source: NatsPriceSource;
  const log = silentLog();
  const fx = { subject: 'fx-stream-global', symbol: 'pair', bid: 'b', ask: 'a', ts: 't' };

  beforeEach(async () => {
    nats = await startNats();
    input = await connectNats({ url: nats.url, name: 'input', log, noEcho: true });
    sender = await connectNats({ url: nats.url, name: 'sender', log });
    await keepStreams(sender, loadConfig({ env: {} }), log);
    clock = new ManualClock();
    symbols = new SymbolTable();
    intake = new RecordingIntake();
    letters = [];
    source = made();
  });

  afterEach(async () => {
    await source.close();
    await input.close();
    await sender.close();
    await nats.stop();
  });

  function made(): NatsPriceSource {
    const instruments = new InstrumentTable(symbols);
    return new NatsPriceSource({ link: input, clock, log, instruments, foreign: [fx], capture: true });
  }

  const refuse = (letter: DeadLetter): void => void letters.push(letter);
  const named = (): unknown[] =>
    intake.offers.map(([symbol, price, time]) => [symbols.name(symbol), price, time]);

  async function open(): Promise<void> {
    await source.open(intake, refuse);
    await input.nats.flush();
  }

  it('come singly, as quotes, in batches, and from foreign subjects', async () => {
    await open();
    sender.nats.publish('prices.BRK%2EB', '{"price":"11.25","ts":1}');
    sender.nats.publish('prices.EURUSD', '{"bid":"1.1","ask":"1.2","ts":2}');
    sender.nats.publish(
      'prices',
      '[{"symbol":"BRK.B","price":12,"ts":3},{"symbol":"SAP","price":13,"ts":3}]',
    );
    sender.nats.publish('fx-stream-global', '{"pair":"EURUSD","b":1.3,"a":1.4,"t":4}');
    await until(() => intake.quotes.length === 2, { what: 'the last price' });
    assert.deepEqual(named(), [
      ['BRK.B', 112_500, 1],
      ['BRK.B', 120_000, 3],
      ['SAP', 130_000, 3],
    ]);
    assert.deepEqual(
      intake.quotes.map(([, ...quote]) => quote),
      [
        [110_000, 120_000, 2],
        [130_000, 140_000, 4],
      ],
    );
    assert.deepEqual(letters, []);
  });

  it('that are wrong are refused with subject, index and payload, and stop nothing', async () => {
    await open();
    const bad: readonly (readonly [string, string])[] = [
      ['prices.AAPL.x', '{"price":1}'],
      ['prices.%41', '{"price":1}'],
      ['prices.AAPL', 'nope'],
      ['prices.AAPL', '['.repeat(200_000)],
      ['prices.AAPL', `{"price":"${'9'.repeat(1_000_000)}"}`],
      ['prices', '{}'],
      ['prices', '[{"symbol":"AAPL"}]'],
      ['fx-stream-global', '{"pair":"EURUSD","b":1}'],
    ];
    for (const [subject, payload] of bad) sender.nats.publish(subject, payload);
    sender.nats.publish('prices.AAPL', '{"price":"5","ts":9}');
    await until(() => intake.offers.length === 1, { what: 'the good price' });
    assert.deepEqual(
      letters.map(({ subject, detail, stream, sequence }) => [subject, detail, stream, sequence]),
      [
        ['prices.AAPL.x', 'subject', '', 0],
        ['prices.%41', 'subject', '', 0],
        ['prices.AAPL', 'not JSON', '', 0],
        ['prices.AAPL', 'not JSON', '', 0],
        ['prices.AAPL', 'price', '', 0],
        ['prices', 'not an array', '', 0],
        ['prices', 'price', '', 0],
        ['fx-stream-global', 'a', '', 0],
      ],
    );
    assert.equal(new TextDecoder().decode(letters[0]!.payload), '{"price":1}');
    assert.equal(letters[0]!.time, clock.now());
  });

  it('survive 10,000 random messages on each subject', async () => {
    await open();
    let seed = 7;
    const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
    const total = 10_000;
    for (let i = 0; i < total; i++) {
      const payload = Uint8Array.from({ length: Math.floor(random() * 60) }, () =>
        Math.floor(random() * 256),
      );
      sender.nats.publish(['prices.AAPL', 'prices', 'fx-stream-global'][i % 3]!, payload);
      if (i % 1000 === 0) await sender.nats.flush();
    }
    sender.nats.publish('prices.AAPL', '{"price":"5","ts":9}');
    await until(() => named().length > 0, { what: 'the good price' });
    await until(() => letters.length === total, { what: 'all refusals' });
    assert.ok(letters.every(({ reason }) => reason === 'malformed'));
  });

  it('held by PRICES come at the start, as of their own time', async () => {
    sender.nats.publish('prices.OLD', '{"price":"1","ts":5}');
    sender.nats.publish('prices.OLD', '{"price":"2","ts":6}');
    sender.nats.publish('prices.NOTIME', '{"price":"3"}');
    const { streams } = await managerOf(sender.nats);
    await until(async () => (await streams.info('PRICES')).state.messages === 2, { what: 'PRICES' });
    await open();
    assert.deepEqual(named()[0], ['OLD', 20_000, 6]);
    const [name, price, time] = named()[1] as [string, number, number];
    assert.deepEqual([name, price], ['NOTIME', 30_000]);
    assert.ok(Math.abs(time - Date.now()) < 60_000);
  });

  it('of batches and foreign subjects are written to PRICES, once a symbol and interval, and do not come back', async () => {
    await open();
    for (let i = 1; i <= 50; i++) {
      sender.nats.publish(
        'prices',
        `[{"symbol":"A.B","price":${i},"ts":${i}},{"symbol":"C","bid":1,"ask":2,"ts":9}]`,
      );
    }
    await until(() => intake.offers.length === 50, { what: '50 prices' });
    clock.advance(limits.pricesWriteThroughMs);
    const { streams } = await managerOf(sender.nats);
    const held = async (subject: string): Promise<unknown> =>
      (await streams.getMessage('PRICES', { last_by_subj: subject })).json();
    await until(async () => (await streams.info('PRICES')).state.messages === 2, {
      what: 'two prices in PRICES',
    });
    assert.deepEqual(await held('prices.A%2EB'), { price: '50', ts: 50 });
    assert.deepEqual(await held('prices.C'), { bid: '1', ask: '2', ts: 9 });
    assert.equal((await streams.info('PRICES')).state.last_seq, 2);
    assert.equal(intake.offers.length, 50);
  });

  it('keep their order with ticks, which share their connection', async () => {
    await open();
    const seen: string[] = [];
    const ticks = ticksFrom(input, clock, refuse).subscribe(({ tick, time }: TickMessage) => {
      seen.push(`${tick} at ${time} after ${intake.offers.length}`);
    });
    await input.nats.flush();
    for (let i = 1; i <= 100; i++) {
      sender.nats.publish('prices.AAPL', `{"price":"${i}","ts":${i}}`);
      if (i % 25 === 0)
        sender.nats.publish('ticks', JSON.stringify({ tick: i, ...(i < 100 ? { ts: i * 10 } : {}) }));
    }
    sender.nats.publish('ticks', '{"tick":"x"}');
    sender.nats.publish('ticks', '{"tick":1,"ts":-1}');
    sender.nats.publish('ticks.x', '{"tick":1}');
    await until(() => letters.length === 3, { what: 'three refusals' });
    assert.deepEqual(seen, [
      '25 at 250 after 25',
      '50 at 500 after 50',
      '75 at 750 after 75',
      `100 at ${clock.now()} after 100`,
    ]);
    assert.deepEqual(
      letters.map(({ detail }) => detail),
      ['tick', 'ts', 'subject'],
    );
    ticks.unsubscribe();
  });

  it('go on after nats-server was killed, and PRICES is there again', async () => {
    await open();
    await nats.kill();
    await nats.restart();
    await until(() => sender.isUp && input.isUp, { what: 'connections' });
    const { streams } = await managerOf(sender.nats);
    await until(() => streams.info('PRICES'), { what: 'PRICES' });
    await until(
      () => {
        sender.nats.publish('prices.AAPL', '{"price":"5","ts":9}');
        return intake.offers.length > 0;
      },
      { what: 'a price' },
    );
  });
});
