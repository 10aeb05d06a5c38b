import assert from 'node:assert/strict';
import fc from 'fast-check';
import { headers } from 'nats';
import { Kind, Parser, type ParserEvent } from 'nats/lib/nats-base-client/parser.js';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { HotReader, subscribeHot, type HotMessage } from '../../../streams/sources/hot-reading.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { silentLog } from '../support/silent-log.ts';

const latin1 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

/** What the client's parser tells of the bytes, in words. */
function described(event: ParserEvent): string {
  if (event.kind !== Kind.MSG || event.msg === undefined) return `${event.kind} ${latin1(event.data)}`;
  const { subject, reply, sid, hdr } = event.msg;
  const data = hdr > 0 ? event.data?.subarray(hdr) : event.data;
  return `message ${latin1(subject)} ${sid} ${latin1(reply)} ${latin1(data)}`;
}

function hotDescribed(sid: number, m: HotMessage): string {
  const part = (start: number, end: number): string => latin1(m.bytes.subarray(start, end));
  const reply = part(m.replyStart, m.replyEnd);
  return `message ${part(m.subjectStart, m.subjectEnd)} ${sid} ${reply} ${part(m.dataStart, m.dataEnd)}`;
}

function read(chunks: readonly Uint8Array[], hot: readonly number[]): { told: string[]; taken: number } {
  const told: string[] = [];
  let taken = 0;
  const dispatcher = { push: (event: ParserEvent) => void told.push(described(event)) };
  const parser = new Parser(dispatcher);
  if (hot.length > 0) {
    const reader = new HotReader();
    reader.attach(parser);
    for (const sid of hot) {
      reader.takers.set(sid, (message) => {
        taken++;
        told.push(hotDescribed(sid, message));
      });
    }
  }
  for (const chunk of chunks) parser.parse(Buffer.from(chunk));
  return { told, taken };
}

describe('reading hot subscriptions', () => {
  const token = fc.stringMatching(/^[a-zA-Z0-9$_%-]{1,12}$/);
  const subject = fc.array(token, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join('.'));
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom('\r\n', 'MSG a 1 2\r\nxx\r\n', '').map((text) => Uint8Array.from(Buffer.from(text))),
  );
  const message = fc
    .record({
      subject,
      sid: fc.integer({ min: 1, max: 4 }),
      reply: fc.option(subject),
      head: fc.option(payload),
      payload,
    })
    .map(({ subject: on, sid, reply, head, payload: data }) => {
      // A server writes an empty reply subject as two spaces.
      const to = reply === null ? (data.length % 2 === 0 ? '' : ' ') : ` ${reply}`;
      const size = (head?.length ?? 0) + data.length;
      const line =
        head === null
          ? `MSG ${on} ${sid}${to} ${size}\r\n`
          : `HMSG ${on} ${sid}${to} ${head.length} ${size}\r\n`;
      return Buffer.concat([Buffer.from(line), head ?? Buffer.alloc(0), data, Buffer.from('\r\n')]);
    });
  const line = fc
    .constantFrom('PING\r\n', 'PONG\r\n', '+OK\r\n', "-ERR 'no'\r\n", 'INFO {"a":1}\r\n')
    .map((text) => Buffer.from(text));
  const operations = fc.array(fc.oneof({ weight: 4, arbitrary: message }, { weight: 1, arbitrary: line }), {
    minLength: 1,
    maxLength: 12,
  });

  it('tells the same as the client’s own parser, however the bytes are cut', () => {
    let taken = 0;
    fc.assert(
      fc.property(operations, fc.array(fc.nat(400), { maxLength: 12 }), (each, cuts) => {
        const all = Buffer.concat(each);
        const at = [...new Set(cuts.map((cut) => cut % (all.length + 1)))].toSorted((a, b) => a - b);
        const chunks = [0, ...at].map((start, i) => all.subarray(start, at[i] ?? all.length));
        const fast = read(chunks, [1, 3]);
        taken += fast.taken;
        assert.deepEqual(fast.told, read(chunks, []).told);
      }),
      { numRuns: 5_000 },
    );
    assert.ok(taken > 1_000);
  });

  it('begins between two operations, not within one that the client has begun', () => {
    const told: string[] = [];
    const parser = new Parser({ push: (event: ParserEvent) => void told.push(described(event)) });
    parser.parse(Buffer.from('MSG a 1 5\r\nab'));
    const reader = new HotReader();
    reader.takers.set(1, (m) => void told.push(`hot ${hotDescribed(1, m)}`));
    reader.attach(parser);
    parser.parse(Buffer.from('cde\r\n'));
    parser.parse(Buffer.from('MSG b 1 1\r\nx\r\n'));
    assert.deepEqual(told, ['message a 1  abcde', 'hot message b 1  x']);
  });
});

describe('hot subscriptions', () => {
  let nats: TestNats;
  let link: Link;
  let sender: Link;

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'reader', log: silentLog() });
    sender = await connectNats({ url: nats.url, name: 'sender', log: silentLog() });
  });
  afterEach(async () => {
    await link.close();
    await sender.close();
    await nats.stop();
  });

  it('take messages of any size, with headers and without, beside others, until they end', async () => {
    const got: string[] = [];
    const others: string[] = [];
    const hot = subscribeHot(link.nats, 'a.*', (m) => void got.push(hotDescribed(0, m)));
    link.nats.subscribe('b', { callback: (_error, m) => void others.push(m.string()) });
    await link.nats.flush();
    const big = 'x'.repeat(1_000_000);
    const withHeaders = headers();
    withHeaders.set('A', 'b');
    sender.nats.publish('a.1', 'one');
    sender.nats.publish('b', 'other');
    sender.nats.publish('a.2', big, { reply: 'inbox.1' });
    sender.nats.publish('a.3', 'three', { headers: withHeaders, reply: 'inbox.2' });
    sender.nats.publish('a.4', 'four', { headers: withHeaders });
    sender.nats.publish('a.5', '');
    await until(() => got.length === 5, { what: 'five messages' });
    assert.deepEqual(got, [
      'message a.1 0  one',
      `message a.2 0 inbox.1 ${big}`,
      'message a.3 0 inbox.2 three',
      'message a.4 0  four',
      'message a.5 0  ',
    ]);
    assert.deepEqual(others, ['other']);
    hot.unsubscribe();
    await link.nats.flush();
    sender.nats.publish('a.6', 'late');
    sender.nats.publish('b', 'last');
    await until(() => others.length === 2, { what: 'the last message' });
    assert.equal(got.length, 5);
  });

  it('go on over a new connection', async () => {
    const got: string[] = [];
    subscribeHot(link.nats, 'a', (m) => void got.push(hotDescribed(0, m)));
    await link.nats.flush();
    await nats.kill();
    await nats.restart();
    await until(
      () => {
        sender.nats.publish('a', 'again');
        return got.length > 0;
      },
      { what: 'a message' },
    );
  });

  it('are served by the client itself where it is built otherwise', async () => {
    const got: string[] = [];
    const plain = {
      subscribe: (subject: string, options: object) => link.nats.subscribe(subject, options),
    } as unknown as typeof link.nats;
    subscribeHot(plain, 'a', (m) => void got.push(hotDescribed(0, m)));
    await link.nats.flush();
    sender.nats.publish('a', 'one', { reply: 'inbox' });
    await until(() => got.length === 1, { what: 'the message' });
    assert.deepEqual(got, ['message a 0 inbox one']);
  });
});
