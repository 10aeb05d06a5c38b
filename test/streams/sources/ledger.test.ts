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

  it('says when the stream was created, and what it holds', async () => {
    const { created } = await (await managerOf(publisher.nats)).streams.info('LEDGER');
    assert.match(created, /^2\d{3}-.*Z$/);
    assert.deepEqual(await source().bounds(), { created, first: 1, last: 0 });
    await publish(1, 5);
    assert.deepEqual(await source().bounds(), { created, first: 1, last: 5 });
    await (await managerOf(publisher.nats)).streams.purge('LEDGER', { seq: 3 });
    assert.deepEqual(await source().bounds(), { created, first: 3, last: 5 });
  });

  describe('of one account', () => {
    const kinds = ['settlements', 'cash', 'accounts'];

    /** Messages of accounts a, b and c in turn, on each kind of subject. */
    async function interleaved(count: number): Promise<void> {
      const acks = [];
      for (let i = 0; i < count; i++) {
        const subject = `${kinds[Math.floor(i / 3) % 3]!}.${'abc'[i % 3]!}`;
        acks.push(js().publish(subject, deposit(i + 1)));
      }
      await Promise.all(acks);
    }

    async function of(account: string, through: number): Promise<LedgerMessage[]> {
      const got: LedgerMessage[] = [];
      await source().ofAccount(account, through, (message) => void got.push(message));
      return got;
    }

    const sequences = (messages: readonly LedgerMessage[]): number[] => messages.map((m) => m.sequence);

    it('gives its messages alone, in order, up to a sequence', async () => {
      await interleaved(90);
      const all = await of('b', 1_000);
      assert.deepEqual(
        sequences(all),
        Array.from({ length: 30 }, (_, i) => 2 + 3 * i),
      );
      assert.deepEqual([...new Set(all.map((m) => m.subject))].toSorted(), [
        'accounts.b',
        'cash.b',
        'settlements.b',
      ]);
      assert.ok(all.every((m) => m.account === 'b'));
      assert.deepEqual(sequences(await of('b', 20)), [2, 5, 8, 11, 14, 17, 20]);
      assert.deepEqual(sequences(await of('b', 19)), [2, 5, 8, 11, 14, 17]);
      assert.deepEqual(await of('b', 1), []);
      assert.deepEqual(await of('nobody', 1_000), []);
      assert.deepEqual(sequences(await of('c', 90)).at(-1), 90);
    });

    it('gives them while others come, far more than its window', async () => {
      const publishing = publish(1, 40_000);
      await until(async () => (await source().lastSequence()) > 20_000, { what: 'half of them' });
      const got = await of('3', 20_000);
      assert.ok(got.length > 2_500);
      assert.deepEqual(
        sequences(got),
        sequences(got).toSorted((x, y) => x - y),
      );
      await publishing;
      assert.equal((await of('3', 40_000)).length, 5_714);
    });

    it('rejects with what the taker throws, and where the beginning is lost', async () => {
      await interleaved(9);
      await assert.rejects(
        source().ofAccount('a', 9, () => {
          throw new Error('not this one');
        }),
        /not this one/,
      );
      await (await managerOf(publisher.nats)).streams.purge('LEDGER', { seq: 3 });
      await assert.rejects(of('a', 9), /begins at 3: its messages 1 to 2 are lost/);
    });
  });

  it('ends when its connection is closed for good, instead of trying for ever', async () => {
    const closed = await connectNats({ url: nats.url, name: 'closed', log });
    await closed.close();
    const ledger = new NatsLedgerSource(closed, new LedgerDecoder(new SymbolTable()), log);
    opened.push(ledger);
    await assert.rejects(
      ledger.open(1, () => undefined),
      /the connection that LEDGER is read by was closed/,
    );
    await assert.rejects(ledger.lastSequence());
  });

  it('does not wait for a last message that was deleted', async () => {
    await publish(1, 9);
    const { streams } = await managerOf(publisher.nats);
    await streams.deleteMessage('LEDGER', 8);
    await streams.deleteMessage('LEDGER', 9);
    const ledger = source();
    assert.equal(await ledger.lastSequence(), 7);
    // What was there is no loss.
    assert.equal((await ledger.bounds()).last, 9);
    await publish(10, 10);
    assert.equal(await ledger.lastSequence(), 10);
    await streams.purge('LEDGER', { filter: 'cash.3' });
    assert.equal(await ledger.lastSequence(), 7);
    // Of an account whose last message was deleted, the ones before are still there.
    const left: number[] = [];
    await ledger.ofAccount('2', 9, ({ sequence }) => void left.push(sequence));
    assert.deepEqual(left, [2]);
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
