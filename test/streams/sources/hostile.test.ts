import assert from 'node:assert/strict';
import { loadConfig } from '../../../config/load.ts';
import type { LedgerMessage } from '../../../src/domain/ledger-event.ts';
import { InstrumentTable } from '../../../src/domain/instrument.ts';
import { SymbolTable } from '../../../src/domain/symbol-table.ts';
import type { DeadLetter, TickMessage } from '../../../src/ports.ts';
import { Random } from '../../../src/random.ts';
import { LedgerDecoder } from '../../../streams/codec/ledger-message.ts';
import { WindowedPublisher } from '../../../streams/sinks/windowed-publisher.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { NatsInstrumentSource } from '../../../streams/sources/instruments.ts';
import { NatsLedgerSource } from '../../../streams/sources/ledger.ts';
import { keepStreams } from '../../../streams/sources/streams.ts';
import { ticksFrom } from '../../../streams/sources/ticks.ts';
import { NatsTradeSource } from '../../../streams/sources/trades.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingIntake } from '../support/recording-intake.ts';
import { silentLog } from '../support/silent-log.ts';

/** Prices have the like in prices.test.ts. */
describe('10,000 random messages, a deeply nested one and one of a megabyte', () => {
  let nats: TestNats;
  let link: Link;
  let sender: Link;
  let publisher: WindowedPublisher;
  let letters: DeadLetter[];
  const clock = new ManualClock();
  const log = silentLog();
  const refuse = (letter: DeadLetter): void => void letters.push(letter);
  const count = 10_000;
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'reader', log });
    sender = await connectNats({ url: nats.url, name: 'sender', log });
    publisher = new WindowedPublisher(sender, clock, log);
    await keepStreams(link, loadConfig({ env: {} }), log);
    letters = [];
  });
  afterEach(async () => {
    publisher.close();
    await link.close();
    await sender.close();
    await nats.stop();
  });

  /** Random bytes, a third of them of the characters that JSON is made of. */
  function* hostile(): Generator<Uint8Array> {
    const random = new Random(11);
    const json = bytes('{}[]",:0123456789.-eEtruefalsn\\u "id""type""symbol""price""tick"');
    for (let i = 0; i < count; i++) {
      const isLikeJson = i % 3 === 0;
      yield Uint8Array.from({ length: random.integer(0, 80) }, () =>
        isLikeJson ? json[random.integer(0, json.length - 1)]! : random.integer(0, 255),
      );
    }
    yield bytes('['.repeat(500_000));
    yield bytes(`{"id":"a","type":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
    yield bytes(`{"id":"${'x'.repeat(1_000_000)}"}`);
  }
  const total = count + 3;

  it('in LEDGER are refused one by one, and the next good one is there', async () => {
    const got: LedgerMessage[] = [];
    const ledger = new NatsLedgerSource(link, new LedgerDecoder(new SymbolTable()), log);
    await ledger.open(1, (batch) => void got.push(...batch));
    const subjects = ['settlements.7', 'cash.7', 'accounts.7', 'cash.7.8'];
    let i = 0;
    for (const payload of hostile()) void publisher.publish(subjects[i++ % 4]!, payload);
    void publisher.publish('cash.7', bytes('{"id":"d","type":"deposit","amount":5}'));
    await until(() => got.length === total + 1, { what: 'all messages' });
    assert.equal(got.at(-1)!.items[0]!.kind, 'deposit');
    for (const { items } of got.slice(0, -1)) {
      assert.ok(items.length > 0 && items.every((item) => item.kind === 'rejected'));
    }
    await ledger.close();
  });

  it('in TRADES are refused one by one, and the next good one is settled', async () => {
    const intake = new RecordingIntake();
    const instruments = new InstrumentTable(new SymbolTable());
    const settling = new WindowedPublisher(link, clock, log);
    const trades = new NatsTradeSource({ link, publisher: settling, instruments, clock, log });
    await trades.open(intake, refuse, () => Promise.resolve());
    for (const payload of hostile()) void publisher.publish('trades', payload);
    const good = { id: 't', symbol: 'SAP', price: '1', quantity: 1, buyer: '7', seller: '8' };
    void publisher.publish('trades', bytes(JSON.stringify(good)));
    await publisher.flush();
    await trades.drain();
    assert.equal(intake.offers.length, 1);
    assert.ok(letters.length >= total && letters.every(({ reason }) => reason === 'malformed'));
    await trades.close();
    settling.close();
  });

  it('on ticks and instruments are refused one by one, and the next good ones are taken', async () => {
    const ticks: TickMessage[] = [];
    const changes: string[] = [];
    const instruments = new NatsInstrumentSource({ link, clock, log });
    await instruments.open((symbol) => changes.push(symbol), refuse);
    const subscription = ticksFrom(link, clock, refuse).subscribe((tick) => ticks.push(tick));
    await link.nats.flush();
    let sent = 0;
    for (const payload of hostile()) {
      sender.nats.publish('ticks', payload);
      sender.nats.publish('instruments.SAP', payload);
      if (++sent % 1_000 === 0) await sender.nats.flush();
    }
    sender.nats.publish('ticks', '{"tick":7,"ts":9}');
    sender.nats.publish('instruments.ES', '{"style":"margined"}');
    await until(() => ticks.some(({ tick }) => tick === 7) && changes.includes('ES'), {
      what: 'the good ones',
    });
    // A tick is no more than an integer; random bytes seldom make an instrument of an empty object.
    assert.ok(letters.length >= 2 * total - 100);
    assert.ok(letters.every(({ reason }) => reason === 'malformed'));
    subscription.unsubscribe();
    await instruments.close();
  });
});
