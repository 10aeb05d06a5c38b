import assert from 'node:assert/strict';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { LedgerDecoder } from '../../../streams/codec/ledger-message.ts';
import { NatsLedgerSource } from '../../../streams/sources/ledger.ts';
import { ledgerDefinition } from '../../../streams/sources/stream-definitions.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import type { LedgerMessage } from '../../../src/domain/ledger-event.ts';
import { SymbolTable } from '../../../src/domain/symbol-table.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { silentLog } from '../support/silent-log.ts';

describe('the ledger source', () => {
  let nats: TestNats;
  let link: Link;
  let publisher: Link;
  const log = silentLog();
  const opened: NatsLedgerSource[] = [];

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'ledger', log });
    publisher = await connectNats({ url: nats.url, name: 'publisher', log });
    await (await managerOf(publisher.nats)).streams.add(ledgerDefinition);
  });

  afterEach(async () => {
    for (const source of opened.splice(0)) await source.close();
    await link.close();
    await publisher.close();
    await nats.stop();
  });

  function source(): NatsLedgerSource {
    const made = new NatsLedgerSource(link, new LedgerDecoder(new SymbolTable()), log);
    opened.push(made);
    return made;
  }

  const deposit = (id: number): string => JSON.stringify({ id: `d${id}`, type: 'deposit', amount: 100 + id });
  const js = () => publisher.nats.jetstream();
  const idOf = (m: LedgerMessage): string =>
    m.items.map((item) => ('id' in item ? item.id : item.kind)).join();

  async function publish(from: number, to: number): Promise<void> {
    const acks = [];
    for (let i = from; i <= to; i++) acks.push(js().publish(`cash.${i % 7}`, deposit(i)));
    await Promise.all(acks);
  }

  it('gives what is there and what comes, in order, with sequence, time, account', async () => {
    await publish(1, 20);
    const got: LedgerMessage[] = [];
    const ledger = source();
    await ledger.open(1, (batch) => void got.push(...batch));
    await publish(21, 50);
    await until(() => got.length === 50, { what: '50 messages' });
    assert.deepEqual(
      got.map((m) => m.sequence),
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    assert.equal(idOf(got[49]!), 'd50');
    assert.equal(got[8]!.subject, 'cash.2');
    assert.equal(got[8]!.account, '2');
    assert.ok(Math.abs(got[49]!.time - Date.now()) < 60_000);
    assert.equal(await ledger.lastSequence(), 50);
  });

  it('starts at the sequence it is told', async () => {
    await publish(1, 30);
    const got: number[] = [];
    await source().open(17, (batch) => void got.push(...batch.map((m) => m.sequence)));
    await until(() => got.length === 14, { what: '14 messages' });
    assert.equal(got[0], 17);
  });

  it('says what was lost where the stream does not have the sequence', async () => {
    await publish(1, 5);
    await assert.rejects(
      source().open(9, () => undefined),
      /ends at 5: its messages 6 to 8 are lost/,
    );
    await (await managerOf(publisher.nats)).streams.purge('LEDGER', { seq: 3 });
    await assert.rejects(
      source().open(1, () => undefined),
      /begins at 3: its messages 1 to 2 are lost/,
    );
  });

  it('hands out nothing more until the last batch is applied, and never more than the window', async () => {
    await publish(1, 400);
    const got: number[] = [];
    let release: () => void = () => undefined;
    let running = 0;
    await source().open(1, async (batch) => {
      assert.equal(++running, 1);
      await new Promise<void>((resolve) => (release = resolve));
      got.push(...batch.map((m) => m.sequence));
      running--;
    });
    await until(
      () => {
        release();
        return got.length === 400;
      },
      { what: 'all batches' },
    );
    assert.deepEqual(
      got,
      got.toSorted((a, b) => a - b),
    );
  });

  it('reads far more than its window, and messages near the largest payload', async () => {
    const big = JSON.stringify({ id: 'big', type: 'deposit', amount: 1, notes: 'x'.repeat(1_000_000) });
    const acks = [];
    for (let i = 0; i < 12_000; i++)
      acks.push(js().publish(`cash.${i % 7}`, i % 1000 === 0 ? big : deposit(i)));
    const got: number[] = [];
    await source().open(1, (batch) => void got.push(...batch.map((m) => m.sequence)));
    await Promise.all(acks);
    await until(() => got.length === 12_000, { what: '12,000 messages' });
    assert.deepEqual(
      got,
      Array.from({ length: 12_000 }, (_, i) => i + 1),
    );
  });

  it('passes over deleted messages', async () => {
    await publish(1, 10);
    await (await managerOf(publisher.nats)).streams.deleteMessage('LEDGER', 4);
    const got: number[] = [];
    await source().open(1, (batch) => void got.push(...batch.map((m) => m.sequence)));
    await until(() => got.length === 9, { what: '9 messages' });
    assert.ok(!got.includes(4));
  });

  it('loses and doubles nothing when nats-server is killed and comes back, again and again', async () => {
    const got: number[] = [];
    await source().open(1, (batch) => void got.push(...batch.map((m) => m.sequence)));
    let acknowledged = 0;
    const publishingUntil = { stopped: false };
    const publishing = (async () => {
      for (let i = 0; !publishingUntil.stopped; i++) {
        try {
          await js().publish('cash.1', deposit(i), { timeout: 500, msgID: `m${i}` });
          acknowledged++;
        } catch {
          // Not acknowledged: may be there or not.
        }
      }
    })();
    for (let round = 0; round < 4; round++) {
      const before = got.length;
      await until(() => got.length > before + 50, { what: 'messages flowing' });
      await nats.kill();
      await nats.restart();
    }
    const before = got.length;
    await until(() => got.length > before + 50, { what: 'messages flowing again' });
    publishingUntil.stopped = true;
    await publishing;
    const { state } = await (await managerOf(publisher.nats)).streams.info('LEDGER');
    await until(() => got.length >= state.last_seq, { what: 'the last message' });
    assert.deepEqual(
      got,
      Array.from({ length: state.last_seq }, (_, i) => i + 1),
    );
    assert.ok(acknowledged <= state.last_seq);
  });

  it('goes on when its consumer is deleted behind its back', async () => {
    await publish(1, 10);
    const got: number[] = [];
    await source().open(1, (batch) => void got.push(...batch.map((m) => m.sequence)));
    await until(() => got.length === 10, { what: '10 messages' });
    const manager = await managerOf(publisher.nats);
    for (const consumer of await manager.consumers.list('LEDGER').next()) {
      await manager.consumers.delete('LEDGER', consumer.name);
    }
    await publish(11, 20);
    await until(() => got.length === 20, { what: '20 messages' });
    assert.deepEqual(
      got,
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });
});
