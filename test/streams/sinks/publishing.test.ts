import assert from 'node:assert/strict';
import { limits } from '../../../config/limits.ts';
import type { Alert, DeadLetter } from '../../../src/ports.ts';
import { NatsAlerts } from '../../../streams/sinks/alerts.ts';
import { NatsDeadLetters } from '../../../streams/sinks/dead-letters.ts';
import { PublishRefused, WindowedPublisher } from '../../../streams/sinks/windowed-publisher.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import {
  alertsDefinition,
  deadLettersDefinition,
  ledgerDefinition,
} from '../../../streams/sources/stream-definitions.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { silentLog } from '../support/silent-log.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('publishing with acknowledgement', () => {
  let nats: TestNats;
  let link: Link;
  let clock: ManualClock;
  let publisher: WindowedPublisher;
  const log = silentLog();

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'publisher', log });
    clock = new ManualClock();
    publisher = new WindowedPublisher(link, clock, log);
    const { streams } = await managerOf(link.nats);
    for (const each of [ledgerDefinition, deadLettersDefinition, alertsDefinition]) await streams.add(each);
  });
  afterEach(async () => {
    publisher.close();
    await link.close();
    await nats.stop();
  });

  const streams = async () => (await managerOf(link.nats)).streams;

  it('gives each message’s sequence, in order, far beyond the window', async () => {
    const count = limits.publishWindowMessages * 5;
    const acks = Array.from({ length: count }, (_, i) => publisher.publish('cash.1', bytes(String(i))));
    assert.equal(publisher.congested, true);
    assert.equal(publisher.outstanding, count);
    await publisher.ready();
    assert.equal(publisher.congested, false);
    const sequences = (await Promise.all(acks)).map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      Array.from({ length: count }, (_, i) => i + 1),
    );
    assert.equal(publisher.outstanding, 0);
    assert.equal(publisher.outstandingBytes, 0);
    await publisher.flush();
  });

  it('says when the server has the message already', async () => {
    const first = await publisher.publish('cash.1', bytes('a'), { 'Nats-Msg-Id': 'x' });
    const second = await publisher.publish('cash.1', bytes('a'), { 'Nats-Msg-Id': 'x' });
    assert.deepEqual([first.isDuplicate, second.isDuplicate], [false, true]);
    assert.equal(second.sequence, first.sequence);
  });

  it('sends again what nobody took, until somebody does', async () => {
    const ack = publisher.publish('orders.1', bytes('a'));
    await link.nats.flush();
    await (await streams()).add({ name: 'ORDERS', subjects: ['orders.*'] });
    clock.advance(limits.publishAckMs * 2);
    assert.equal((await ack).sequence, 1);
  });

  it('loses and doubles nothing when the server is killed under way', async () => {
    const acks: Promise<unknown>[] = [];
    for (let i = 0; i < 3_000; i++) {
      acks.push(publisher.publish('cash.1', bytes(String(i)), { 'Nats-Msg-Id': `m${i}` }));
      if (i === 1_500) await nats.kill();
      if (i === 2_000) await nats.restart();
    }
    await Promise.all(acks);
    const { state } = await (await streams()).info('LEDGER');
    assert.equal(state.messages, 3_000);
  });

  it('rejects what is larger than the server takes, and goes on', async () => {
    const fits = link.nats.info?.max_payload ?? assert.fail();
    for (const [size, fields] of [
      [fits + 1, {}],
      [fits - 20, { 'Nats-Msg-Id': 'a' }],
    ] as const) {
      await assert.rejects(publisher.publish('cash.1', new Uint8Array(size), fields), PublishRefused);
    }
    await publisher.publish('cash.1', new Uint8Array(fits));
    await publisher.publish('cash.1', new Uint8Array(fits - 28), { 'Nats-Msg-Id': 'a' });
    assert.equal(publisher.outstanding, 0);
  });

  it('rejects with the server’s reason what it refuses for good', async () => {
    const expectation = { 'Nats-Expected-Last-Subject-Sequence': '0' };
    await publisher.publish('cash.1', bytes('a'), expectation);
    await assert.rejects(
      publisher.publish('cash.1', bytes('b'), expectation),
      (error) => error instanceof PublishRefused && error.code === 10071,
    );
  });

  const letter: DeadLetter = {
    stream: 'LEDGER',
    sequence: 17,
    index: 1,
    subject: 'settlements.7',
    account: '7',
    reason: 'malformed',
    detail: 'side',
    time: 1_760_000_000_000,
    payload: bytes('[{"id":1},{"id": "ü"}]'),
  };

  async function lettersFor(...letters: DeadLetter[]): Promise<Record<string, unknown>[]> {
    const sink = new NatsDeadLetters(publisher, log);
    for (const each of letters) sink.publish(each);
    await publisher.flush();
    const api = await streams();
    const { state } = await api.info('DEAD_LETTERS');
    const found = [];
    for (let seq = 1; seq <= state.last_seq; seq++) {
      const stored = await api.getMessage('DEAD_LETTERS', { seq });
      found.push({ on: stored.subject, ...stored.json<object>() });
    }
    return found;
  }

  it('keeps a dead letter once, of an array the element it names', async () => {
    assert.deepEqual(await lettersFor(letter, { ...letter }), [
      {
        on: 'dead_letters.LEDGER.17.1',
        id: 'LEDGER.17.1',
        reason: 'malformed',
        detail: 'side',
        subject: 'settlements.7',
        sequence: 17,
        index: 1,
        account_id: '7',
        time: 1_760_000_000_000,
        payload: '{"id":"ü"}',
      },
    ]);
    assert.deepEqual(
      log.lines.filter(({ level }) => level === 'error'),
      [],
    );
  });

  it('keeps an array that was refused as a whole, whole', async () => {
    const text = `[${Array.from({ length: limits.messageElementsMax + 1 }, () => '0').join()}]`;
    const [kept] = await lettersFor({ ...letter, sequence: 18, index: 0, payload: Buffer.from(text) });
    assert.equal(kept!['payload'], text);
  });

  it('keeps what has no sequence under an id of its own, and what is no text as base64', async () => {
    const core = { ...letter, stream: '', sequence: 0, index: 0, payload: Uint8Array.of(255, 0) };
    const [first, second] = await lettersFor(core, { ...core });
    assert.match(String(first!['on']), /^dead_letters\.core\.[0-9a-f-]{36}\.0$/);
    assert.notEqual(first!['on'], second!['on']);
    assert.deepEqual([first!['payload'], first!['encoding']], ['/wA=', 'base64']);
  });

  it('keeps a megabyte compressed, and says where it could keep only the beginning', async () => {
    const text = JSON.stringify('"'.repeat(500_000));
    let seed = 1;
    const noise = Uint8Array.from(
      { length: 1_000_000 },
      () => (seed = Math.imul(seed, 1_103_515_245) + 12_345) >>> 24,
    );
    const [packed, cut] = await lettersFor(
      { ...letter, payload: bytes(text) },
      { ...letter, sequence: 18, payload: noise },
    );
    assert.equal(packed!['encoding'], 'gzip');
    const { gunzipSync } = await import('node:zlib');
    assert.equal(gunzipSync(Buffer.from(String(packed!['payload']), 'base64')).toString(), text);
    assert.equal(cut!['truncated'], true);
    assert.equal(cut!['payload_bytes'], 1_000_000);
  });

  it('keeps an alert once in each of its states', async () => {
    const alert: Alert = {
      kind: 'rejected',
      account: '7',
      id: 'LEDGER-17-0',
      state: 'raised',
      severity: 'warning',
      message: 'malformed: side',
      details: { reason: 'malformed' },
      timestamp: 5,
    };
    const sink = new NatsAlerts({ publisher, link, log });
    sink.publish(alert);
    sink.publish(alert);
    sink.publish({ ...alert, state: 'cleared' });
    await publisher.flush();
    const api = await streams();
    const { state } = await api.info('ALERTS');
    assert.equal(state.messages, 2);
    const first = await api.getMessage('ALERTS', { last_by_subj: 'alerts.rejected.7.LEDGER-17-0.raised' });
    assert.deepEqual(first.json(), {
      alert_id: 'LEDGER-17-0',
      kind: 'rejected',
      account_id: '7',
      state: 'raised',
      severity: 'warning',
      message: 'malformed: side',
      details: { reason: 'malformed' },
      timestamp: 5,
    });
  });

  it('counts and drops dead letters beyond the bound while NATS is away', async () => {
    await nats.kill();
    await until(() => !link.isUp, { what: 'the connection to be lost' });
    const sink = new NatsDeadLetters(publisher, log);
    const payload = new Uint8Array(900_000).fill(48);
    for (let sequence = 1; sequence <= 100; sequence++) sink.publish({ ...letter, sequence, payload });
    assert.ok(sink.dropped > 0);
    assert.ok(publisher.outstandingBytes < limits.publishOnceBytesMax + 1_000_000);
  });
});
