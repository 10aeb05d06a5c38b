import assert from 'node:assert/strict';
import { connect } from 'nats';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';

describe('dead-letters replay', function () {
  this.timeout(60_000);
  let tidemark: RunningTidemark;

  /** Ids of the letters with a subject, newest first. */
  async function lettersOf(subject: string, count = 1): Promise<string[]> {
    return until(
      async () => {
        const letters = (await tidemark.json('dead-letters', 'list')) as unknown as Json[];
        const ids = letters.filter((each) => each['subject'] === subject).map(({ id }) => String(id));
        return ids.length >= count && ids;
      },
      { what: `${count} dead letters of ${subject}` },
    );
  }

  before(async () => {
    tidemark = await runningTidemark({ TIDEMARK_ACCOUNTS_AUTO_OPEN: 'false' });
  });

  after(() => tidemark.stop());

  it('applies what was refused once the cause is mended, and a second time it is a duplicate', async () => {
    await tidemark.nats.publish('cash.7', { id: 'd1', type: 'deposit', amount: 5000, ts: 1 });
    const [id = ''] = await lettersOf('cash.7');
    const again = await tidemark.failing('dead-letters', 'replay', id, '--wait');
    assert.deepEqual([again.answer['outcome'], again.answer['reason']], ['rejected', 'account_unknown']);
    assert.match(again.stderr, /dead letter LEDGER\.\d+\.0 was rejected: account_unknown: /);
    await tidemark.json('account', 'open', '7', '--wait');
    const sent = await tidemark.json('dead-letters', 'replay', id, '--wait');
    assert.deepEqual(
      [sent['account_id'], sent['id'], sent['stream'], sent['outcome']],
      ['7', 'd1', 'LEDGER', 'applied'],
    );
    assert.deepEqual((await tidemark.json('inspect', '7'))['cash'], { USD: 5000 });
    assert.equal((await tidemark.json('dead-letters', 'replay', id, '--wait'))['outcome'], 'duplicate');
    assert.deepEqual((await tidemark.json('inspect', '7'))['cash'], { USD: 5000 });
  });

  it('sends only the element of an array that was refused', async () => {
    const buy = { symbol: 'GOLD', side: 'buy', quantity: '1', ts: 1 };
    await tidemark.json('account', 'open', 'arr', '--wait');
    const elements = [
      { id: 'a', price: '10', ...buy },
      { id: 'b', price: '10', ...buy, symbol: 'FINE', quantity: '0.00001' },
    ];
    const sequence = await tidemark.nats.publish('settlements.arr', elements);
    const [id = ''] = await lettersOf('settlements.arr');
    assert.equal(id, `LEDGER.${sequence}.1`);
    const nats = await connect({ servers: `127.0.0.1:${tidemark.installation.natsPort}` });
    nats.publish('instruments.FINE', JSON.stringify({ quantity_scale: 6 }));
    await nats.drain();
    const sent = await until(
      async () => {
        const { code, stdout } = await tidemark.run('dead-letters', 'replay', id, '--wait', '--json');
        return code === 0 && (JSON.parse(stdout) as Json);
      },
      { what: 'the instrument to be known', timeoutMs: 20_000 },
    );
    assert.deepEqual([sent['id'], sent['outcome']], ['b', 'applied']);
    const { steps } = (await tidemark.json('replay', 'arr')) as { steps: Json[] };
    assert.deepEqual(steps.at(-1)?.['what'], 'buy 0.00001 FINE @ 10');
  });

  it('sends bytes that are no text as they were', async () => {
    const { nats } = tidemark;
    const sequence = await nats.publish('cash.7', Buffer.from([0xff, 0xfe, 0x00]));
    const id = `LEDGER.${sequence}.0`;
    await until(async () => (await lettersOf('cash.7')).includes(id), { what: 'the letter' });
    const { answer } = await tidemark.failing('dead-letters', 'replay', id, '--wait');
    assert.deepEqual([answer['outcome'], answer['reason']], ['rejected', 'malformed']);
    const shown = await tidemark.json('dead-letters', 'show', `LEDGER.${String(answer['sequence'])}.0`);
    assert.deepEqual([shown['encoding'], shown['payload']], ['base64', '//4A']);
  });

  it('has one sentence for what the letter has not all of', async () => {
    const nats = await connect({ servers: `127.0.0.1:${tidemark.installation.natsPort}` });
    const id = 'LEDGER.900000.0';
    const cut = { id, reason: 'malformed', detail: 'amount', subject: 'cash.7', sequence: 900_000, index: 0, account_id: '7', time: 1, payload: '{"id"', truncated: true, payload_bytes: 2_000_000 }; // prettier-ignore
    await nats.jetstream().publish(`dead_letters.${id}`, JSON.stringify(cut));
    await nats.drain();
    const { code, stderr } = await tidemark.run('dead-letters', 'replay', id);
    assert.deepEqual(
      [code, stderr],
      [
        1,
        `tidemark: dead letter ${id} has only the beginning of 2000000 bytes: send it again from where it came from\n`,
      ],
    );
    const many = await tidemark.nats.publish(
      'cash.7',
      Array.from({ length: 10_001 }, () => 0),
    );
    await until(async () => (await lettersOf('cash.7')).includes(`LEDGER.${many}.0`), { what: 'the letter' });
    const refused = await tidemark.run('dead-letters', 'replay', `LEDGER.${many}.0`);
    assert.match(
      refused.stderr,
      /is an array of more than 10000 elements: send it again .* in several arrays\n$/,
    );
  });

  it('sends a price of a batch again as a batch, and says when it is refused again', async () => {
    const nats = await connect({ servers: `127.0.0.1:${tidemark.installation.natsPort}` });
    nats.publish(
      'prices',
      JSON.stringify([
        { symbol: 'AAPL', price: '5' },
        { symbol: 'AAPL', price: 'dear' },
      ]),
    );
    await nats.drain();
    const [id = ''] = await lettersOf('prices');
    assert.match(id, /^core\.[0-9a-f-]+\.1$/);
    const { answer, stderr } = await tidemark.failing('dead-letters', 'replay', id, '--wait');
    assert.deepEqual(
      [answer['stream'], answer['outcome'], answer['reason']],
      [null, 'rejected', 'malformed'],
    );
    assert.match(stderr, /was rejected again: malformed: price/);
  });

  it('says of a trade that it is refused again', async () => {
    const trade = { id: 't1', symbol: 'AAPL', price: '5', quantity: '1', buyer: '7', seller: 'b/d', ts: 1 };
    await tidemark.nats.publish('trades', trade);
    const [id = ''] = await lettersOf('trades');
    assert.match(id, /^TRADES\.\d+\.0$/);
    const { answer } = await tidemark.failing('dead-letters', 'replay', id, '--wait');
    assert.deepEqual(
      [answer['stream'], answer['outcome'], answer['reason']],
      ['TRADES', 'rejected', 'malformed'],
    );
  });

  it('inserts rows that ClickHouse refused, once, under the name of their frame', async () => {
    const nats = await connect({ servers: `127.0.0.1:${tidemark.installation.natsPort}` });
    const columns = 'symbol,ts,price';
    const letter = (index: number, line: string): object => ({
      id: `FRAMES.900000.${index}`,
      reason: 'frame_refused',
      detail: 'a test',
      subject: 'frames.0.prices',
      sequence: 900_000,
      index,
      account_id: '_',
      time: 1,
      payload: { frame: '1:0:900000:0', table: 'prices', columns, lines: [line] },
    });
    for (const [index, line] of ['["REFUSED",1760000000000,1]', '["REFUSED",1760000000001,2]'].entries()) {
      await nats
        .jetstream()
        .publish(`dead_letters.FRAMES.900000.${index}`, JSON.stringify(letter(index, line)));
    }
    await nats.drain();
    for (const id of ['FRAMES.900000.1', 'FRAMES.900000.0']) {
      const sent = await tidemark.json('dead-letters', 'replay', id);
      assert.deepEqual(sent, { id, frame: '1:0:900000:0', table: 'prices', rows: 2, outcome: 'inserted' });
    }
    const rows = await tidemark.json(
      'sql',
      `SELECT toFloat64(price) AS price FROM prices WHERE symbol = 'REFUSED' ORDER BY ts`,
    );
    assert.deepEqual(rows, [{ price: 1 }, { price: 2 }]);
  });

  it('says of a void that it waits, and the engine, when its target has come, that it is applied', async () => {
    const { nats } = tidemark;
    await nats.publish('cash.early', { id: 'v1', type: 'void', of: 'd1', ts: 1 });
    const [id = ''] = await lettersOf('cash.early');
    await tidemark.json('account', 'open', 'early', '--wait');
    const sent = await tidemark.json('dead-letters', 'replay', id, '--wait');
    assert.equal(sent['outcome'], 'waiting');
    await nats.publish('cash.early', { id: 'd1', type: 'deposit', amount: 5000 });
    const asker = await connect({ servers: `127.0.0.1:${tidemark.installation.natsPort}` });
    const request = JSON.stringify({ account_id: 'early', sequence: sent['sequence'] });
    const isApplied = async (): Promise<boolean> =>
      (await asker.request('tidemark.outcome', request)).json<Json>()['outcome'] === 'applied';
    await until(isApplied, { what: 'the void to be applied' });
    assert.deepEqual((await tidemark.json('inspect', 'early'))['cash'], { USD: 0 });
    await asker.close();
  });

  it('of a letter that is not there fails with one sentence', async () => {
    for (const id of ['LEDGER.99999.0', 'a*b']) {
      const { code, stderr } = await tidemark.run('dead-letters', 'replay', id);
      assert.deepEqual([code, stderr], [1, `tidemark: there is no dead letter ${id}\n`]);
    }
  });
});
