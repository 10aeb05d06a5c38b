/**
 * Bad input over the real path: each reason on its real subject is a dead letter, an alert and a count; hostile bytes
 * stop nothing; the next good message is applied.
 */
import assert from 'node:assert/strict';
import { JSONCodec } from 'nats';
import type { JetStreamManager } from 'nats';
import { rejectionReasons } from '../../src/domain/rejection.ts';
import { RealEngine } from '../support/real-engine.ts';
import { until } from '../support/until.ts';

const json = JSONCodec<Record<string, unknown>>();
const fill = { symbol: 'X', side: 'buy', quantity: '1', price: '10' };

describe('bad input', function () {
  this.timeout(120_000);
  let engine: RealEngine;
  let manager: JetStreamManager;
  let ids = 0;

  before(async () => {
    const instruments = { M: { style: 'margined' } };
    engine = await RealEngine.start({ instruments, env: { TIDEMARK_ACCOUNTS_AUTO_OPEN: 'false' } });
    manager = await engine.nats.jetstreamManager();
    for (const account of ['a', 'shut']) await engine.settle(`accounts.${account}`, { type: 'open' });
    await engine.settle('accounts.shut', { type: 'close' });
    await engine.settle('cash.a', { id: 'first', type: 'deposit', amount: 1000 });
  });

  after(async () => {
    await engine.stop();
  });

  /** The last message of a subject, when it is there. */
  const kept = (stream: string, subject: string): Promise<Record<string, unknown>> =>
    until(
      async () => json.decode((await manager.streams.getMessage(stream, { last_by_subj: subject })).data),
      { what: subject, timeoutMs: 30_000 },
    );
  const rejectedCount = async (reason: string): Promise<number> =>
    ((await engine.stats())['rejected'] as Record<string, number>)[reason] ?? 0;

  /** One more deposit reaches account `a`. */
  const assertGoesOn = async (): Promise<void> => {
    const before = ((await engine.inspect('a'))?.['cash'] as Record<string, number>)['USD'] ?? 0;
    await engine.settle('cash.a', { id: `good-${++ids}`, type: 'deposit', amount: 7 });
    await engine.tick();
    assert.equal(((await engine.inspect('a'))?.['cash'] as Record<string, number>)['USD'], before + 7);
  };

  const cases: readonly (readonly [string, string, unknown])[] = [
    ['malformed', 'settlements.a', { ...fill, id: 'm', side: 'hold' }],
    ['malformed', 'cash.a', 'not an object'],
    ['malformed', 'accounts.a', { type: 'open', timezone: 'Atlantis' }],
    ['unknown_kind', 'settlements.a', { ...fill, id: 'u', type: 'swap' }],
    ['unknown_kind', 'cash.a', { id: 'u', type: 'gift', amount: 1 }],
    ['unknown_kind', 'accounts.a', { type: 'merge' }],
    ['account_unknown', 'settlements.nobody', { ...fill, id: '1' }],
    ['account_unknown', 'cash.nobody', { id: '1', type: 'deposit', amount: 1 }],
    ['account_unknown', 'accounts.nobody', { type: 'suspend' }],
    ['id_conflict', 'cash.a', { id: 'first', type: 'deposit', amount: 1001 }],
    ['account_closed', 'cash.shut', { id: '1', type: 'deposit', amount: 1 }],
    ['currency_unknown', 'cash.a', { id: 'c', type: 'deposit', amount: 1, currency: 'dollars' }],
    ['precision_exceeds_scale', 'settlements.a', { ...fill, id: 'p', quantity: '1.00001' }],
    ['quantity_not_positive', 'settlements.a', { ...fill, id: 'q', quantity: 0 }],
    ['style_forbids', 'settlements.a', { ...fill, id: 's', symbol: 'M', fee_quantity: '0.1' }],
    ['account_not_empty', 'accounts.a', { type: 'close' }],
    ['amount_out_of_range', 'cash.a', { id: 'o', type: 'deposit', amount: Number.MAX_SAFE_INTEGER }],
  ];

  it('is tried with every reason there is today', () => {
    const tried = new Set(cases.map(([reason]) => reason));
    assert.deepEqual(
      rejectionReasons.filter((r) => !tried.has(r)),
      ['settlement_unknown'],
    );
  });

  for (const [reason, subject, message] of cases) {
    it(`${reason} on ${subject}: a dead letter, an alert, a count; and the next good message is applied`, async () => {
      const counted = await rejectedCount(reason);
      const from = Date.now();
      const sequence = await engine.settle(subject, message);
      const letter = await kept('DEAD_LETTERS', `dead_letters.LEDGER.${sequence}.0`);
      assert.equal(letter['reason'], reason);
      assert.equal(letter['subject'], subject);
      assert.equal(letter['sequence'], sequence);
      assert.equal(letter['index'], 0);
      assert.ok(Math.abs(Number(letter['time']) - from) < 60_000, 'the time of its arrival');
      assert.equal(letter['payload'], JSON.stringify(message));
      const account = subject.split('.')[1] ?? '';
      const alert = await kept('ALERTS', `alerts.rejected.${account}.LEDGER-${sequence}-0.raised`);
      assert.deepEqual([alert['kind'], alert['account_id'], alert['state']], ['rejected', account, 'raised']);
      await assertGoesOn();
      assert.equal(await rejectedCount(reason), counted + 1);
    });
  }

  it('an element of an array is told by its index', async () => {
    const good = { id: `good-${++ids}`, type: 'deposit', amount: 1 };
    const sequence = await engine.settle('cash.a', [good, { ...good, id: 'x', amount: 0 }]);
    const letter = await kept('DEAD_LETTERS', `dead_letters.LEDGER.${sequence}.1`);
    assert.deepEqual([letter['reason'], letter['index']], ['quantity_not_positive', 1]);
  });

  it('on subjects that no stream keeps is a dead letter as well', async () => {
    const seen: Record<string, unknown>[] = [];
    const subscription = engine.nats.subscribe('dead_letters.core.>', {
      callback: (_error, message) => seen.push(json.decode(message.data)),
    });
    const bad = {
      'prices.X': '{"price":"ten"}',
      prices: '{}',
      ticks: 'tick',
      'instruments.X': '{"price_scale":99}',
    };
    for (const [subject, text] of Object.entries(bad)) engine.nats.publish(subject, Buffer.from(text));
    const subjects = (): unknown[] => seen.map((letter) => letter['subject']);
    await until(() => Object.keys(bad).every((subject) => subjects().includes(subject)), {
      what: 'four dead letters',
    });
    for (const letter of seen) assert.equal(letter['reason'], 'malformed', JSON.stringify(letter));
    subscription.unsubscribe();
    await assertGoesOn();
  });

  it('a trade that is none is a dead letter of TRADES', async () => {
    const { seq } = await engine.jetStream.publish(
      'trades',
      JSON.stringify({ id: 't', symbol: 'X', price: '1', quantity: '1', buyer: 'a' }),
    );
    const letter = await kept('DEAD_LETTERS', `dead_letters.TRADES.${seq}.0`);
    assert.deepEqual([letter['reason'], letter['detail']], ['malformed', 'seller']);
    await assertGoesOn();
  });

  it('with extra tokens in its subject is a dead letter, not ignored', async () => {
    const good = { id: 'extra', type: 'deposit', amount: 1 };
    for (const subject of ['settlements.a.b', 'cash.a.b.c', 'accounts.a.b']) {
      const sequence = await engine.settle(subject, good);
      const letter = await kept('DEAD_LETTERS', `dead_letters.LEDGER.${sequence}.0`);
      assert.deepEqual([letter['reason'], letter['subject']], ['malformed', subject]);
    }
    const before = await rejectedCount('malformed');
    for (const subject of ['prices.X.Y', 'ticks.now', 'trades.X', 'instruments.X.Y']) {
      engine.nats.publish(subject, Buffer.from('{"price":"1"}'));
    }
    await until(async () => (await rejectedCount('malformed')) >= before + 4, {
      what: 'four more rejections',
    });
    await assertGoesOn();
  });

  it('of a megabyte stops nothing', async () => {
    const notes = 'n'.repeat(1_000_000);
    const sequence = await engine.settle('cash.a', { id: 'big', type: 'deposit', amount: 1, notes });
    const letter = await kept('DEAD_LETTERS', `dead_letters.LEDGER.${sequence}.0`);
    assert.deepEqual([letter['reason'], letter['detail']], ['malformed', 'notes']);
    engine.nats.publish('prices.X', Buffer.alloc(1_000_000, '['));
    await assertGoesOn();
  });

  it('nested a hundred thousand times stops nothing', async () => {
    const before = await rejectedCount('malformed');
    const deep = Buffer.from('['.repeat(100_000) + ']'.repeat(100_000));
    const deepObject = Buffer.from('{"id":'.repeat(100_000) + '1' + '}'.repeat(100_000));
    const inside = Buffer.from(`{"type":"configure","limits":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    for (const subject of ['settlements.a', 'cash.a', 'trades']) {
      await engine.settleRaw(subject, deep);
      await engine.settleRaw(subject, deepObject);
    }
    await engine.settleRaw('accounts.a', inside);
    for (const subject of ['prices.X', 'prices', 'ticks', 'instruments.X'])
      engine.nats.publish(subject, deep);
    await until(async () => (await rejectedCount('malformed')) >= before + 11, {
      what: 'eleven more rejections',
    });
    await assertGoesOn();
  });

  it('of 10,000 random byte strings stops nothing', async () => {
    const before = await rejectedCount('malformed');
    const subjects = [
      'settlements.a',
      'cash.a',
      'accounts.a',
      'trades',
      'prices.X',
      'prices',
      'ticks',
      'instruments.X',
    ];
    const random = seeded(20260308);
    for (let i = 0; i < 10_000; i++) {
      const bytes = Buffer.from(
        Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256)),
      );
      engine.nats.publish(subjects[i % subjects.length] ?? '', bytes);
      if (i % 500 === 0) await engine.nats.flush();
    }
    await until(async () => (await rejectedCount('malformed')) >= before + 10_000, {
      what: '10,000 more rejections',
      timeoutMs: 60_000,
      pollMs: 50,
    });
    assert.equal(await rejectedCount('malformed'), before + 10_000);
    await assertGoesOn();
  });
});

/** Numbers in [0, 1) out of a seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
