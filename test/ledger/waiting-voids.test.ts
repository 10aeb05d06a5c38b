/** Voids whose target has not come: what becomes of them, and which are refused. */
import assert from 'node:assert/strict';
import { LedgerBench } from '../support/ledger-bench.ts';
import { VoidStory } from '../support/void-story.ts';

const start = Date.parse('2026-03-10T15:00:00Z');

describe('a void without its target', () => {
  it('waits for it, and both come to nothing', () => {
    const story = new VoidStory();
    story.cash('deposit', 100_000, {}, start);
    assert.deepEqual(story.tell('settlements.a', { id: 'v', type: 'void', of: 'late' }, start + 1), {
      waits: true,
    });
    story.apply(
      'settlements.a',
      { id: 'late', symbol: 'ACME', side: 'buy', quantity: 10, price: 50 },
      start + 5001,
    );
    story.tick(start + 5002);
    story.expect({ cash_balance: 100_000, total_equity: 100_000, realized_pnl: 0 });
    story.expectPosition('ACME', { quantity: '0', cost_basis: 0 });
    assert.deepEqual(story.bench.expired, []);
    // Its effect is of the message with which it took effect, after that message's one element.
    const { sequence, index } = story.bench.lastEffect ?? assert.fail();
    assert.deepEqual([sequence, index], [3, 1]);
  });

  it('may be the first that is heard of its account', () => {
    const story = new VoidStory();
    assert.deepEqual(story.tell('cash.a', { id: 'v', type: 'void', of: 'd' }), { waits: true });
    story.apply('cash.a', { id: 'd', type: 'deposit', amount: 100 });
    story.tick();
    story.expect({ total_equity: 0, net_flow: 0, nav: null });
  });

  it('is refused when a later message of any account shows that it waited too long', () => {
    const story = new VoidStory();
    story.cash('deposit', 100_000, {}, start);
    assert.deepEqual(story.tell('settlements.a', { id: 'v', type: 'void', of: 'late' }, start + 1), {
      waits: true,
    });
    story.apply('cash.b', { type: 'deposit', amount: 1 }, start + 5001);
    assert.deepEqual(story.bench.expired, []);
    story.apply('cash.b', { type: 'deposit', amount: 1 }, start + 5002);
    assert.deepEqual(story.bench.expired, [{ account: 'a', sequence: 2, index: 0 }]);
    story.apply(
      'settlements.a',
      { id: 'late', symbol: 'ACME', side: 'buy', quantity: 10, price: 50 },
      start + 5003,
    );
    story.expectPosition('ACME', { quantity: '10' });
    // It was never applied: sent again it finds its target.
    story.apply('settlements.a', { id: 'v', type: 'void', of: 'late' }, start + 5004);
    story.expectPosition('ACME', { quantity: '0' });
  });

  it('is refused before its target is applied, where the target itself comes too late', () => {
    const story = new VoidStory();
    story.tell('settlements.a', { id: 'v', type: 'void', of: 'late' }, start);
    story.apply(
      'settlements.a',
      { id: 'late', symbol: 'ACME', side: 'buy', quantity: 10, price: 50 },
      start + 5001,
    );
    assert.deepEqual(story.bench.expired, [{ account: 'a', sequence: 1, index: 0 }]);
    story.expectPosition('ACME', { quantity: '10' });
  });

  it('stands in the state of its account, which remains small, with the message it came in', () => {
    const { bench } = new VoidStory();
    const voids = (count: number, of: string): string =>
      JSON.stringify(
        Array.from({ length: count }, (_, i) => ({ id: `${of}-v${i}`, type: 'void', of: `${of}${i}` })),
      );
    bench.applyText('cash.a', '{"type":"deposit","amount":100}', 1, start);
    bench.applyText('settlements.a', voids(700, 'e'), 2, start);
    bench.applyText('settlements.a', voids(200, 'f'), 3, start);
    const row = bench.book.accounts.find('a');
    const state = Uint8Array.from(bench.book.snapshot(row));
    assert.ok(state.length < 262_144, `${state.length} bytes`);
    const again = new LedgerBench();
    again.book.restore(state);
    again.book.endRestore();
    const waiting = (of: LedgerBench, at: number) =>
      of.book['parts'].voids.waiting(at).map((each) => ({ ...each, payload: Buffer.from(each.payload) }));
    assert.deepEqual(waiting(again, 0), waiting(bench, row));
  });

  it('is refused where its message is too large for that', () => {
    const { bench } = new VoidStory();
    const notes = 'x'.repeat(3_000);
    const settle = (id: string, sequence: number): object[] =>
      bench.applyText(
        'settlements.a',
        JSON.stringify({ id, type: 'void', of: `${id}-of`, notes }),
        sequence,
        start,
      );
    for (let i = 1; i <= 85; i++) assert.deepEqual(settle(`v${i}`, i), []);
    for (let i = 86; i <= 90; i++) settle(`v${i}`, i);
    assert.deepEqual(settle('v91', 91), [{ rejected: 'settlement_unknown' }]);
  });

  it('counts once however often it is sent, and keeps its id', () => {
    const story = new VoidStory();
    story.cash('deposit', 100_000);
    assert.deepEqual(story.tell('cash.a', { id: 'v', type: 'void', of: 'd2' }), { waits: true });
    assert.deepEqual(story.tell('cash.a', { id: 'v', type: 'void', of: 'd2' }), { duplicate: true });
    story.refuses({ id: 'v', type: 'void', of: 'd3' }, 'id_conflict', 'cash.a');
    story.refuses({ id: 'v', type: 'deposit', amount: 5 }, 'id_conflict', 'cash.a');
    story.apply('cash.a', { id: 'd2', type: 'deposit', amount: 5 });
    assert.deepEqual(story.tell('cash.a', { id: 'v', type: 'void', of: 'd2' }), { duplicate: true });
    story.refuses({ id: 'v', type: 'void', of: 'd3' }, 'id_conflict', 'cash.a');
    story.expect({ cash_balance: 100_000 });
  });

  it('may stand before it or after it in one message', () => {
    for (const order of [0, 1]) {
      const story = new VoidStory();
      story.cash('deposit', 100_000);
      const fill = { id: 'f', symbol: 'ACME', side: 'buy', quantity: 10, price: 50 };
      const undo = { id: 'v', type: 'void', of: 'f' };
      const text = JSON.stringify(order === 0 ? [fill, undo] : [undo, fill]);
      assert.deepEqual(story.bench.applyText('settlements.a', text, 2), [
        { applied: true },
        { applied: true },
      ]);
      story.expect({ cash_balance: 100_000 });
      story.expectPosition('ACME', { quantity: '0' });
    }
  });
});

describe('a void is refused', () => {
  const voided = (): VoidStory => {
    const story = new VoidStory();
    story.cash('deposit', 100_000);
    story.fill('f1', 'buy', 10, 50);
    story.apply('settlements.a', { id: 'v1', type: 'void', of: 'f1' });
    return story;
  };

  it('of what is voided already', () => {
    voided().refuses({ type: 'void', of: 'f1' }, 'settlement_unknown');
  });

  it('of a void, applied or waiting', () => {
    const story = voided();
    story.refuses({ type: 'void', of: 'v1' }, 'settlement_unknown');
    assert.deepEqual(story.tell('settlements.a', { id: 'v2', type: 'void', of: 'f9' }), { waits: true });
    story.refuses({ type: 'void', of: 'v2' }, 'settlement_unknown');
    story.refuses({ id: 'v3', type: 'void', of: 'v3' }, 'settlement_unknown');
  });

  it('of an account that is closed', () => {
    const story = voided();
    story.cash('withdrawal', 100_000);
    story.account('close');
    story.refuses({ type: 'void', of: 'v1' }, 'account_closed');
  });

  it('of an event of the other subject: it waits for one of its own', () => {
    const story = new VoidStory();
    story.cash('deposit', 100_000);
    story.fill('f1', 'buy', 10, 50);
    assert.deepEqual(story.tell('cash.a', { type: 'void', of: 'f1' }), { waits: true });
    story.expectPosition('ACME', { quantity: '10' });
  });

  it('where without its target an amount would leave the safe integers', () => {
    const story = new VoidStory();
    const most = Number.MAX_SAFE_INTEGER;
    story.cash('interest', most);
    story.apply('cash.a', { id: 'f', type: 'fee', amount: most });
    story.cash('deposit', 1);
    assert.deepEqual(story.tell('cash.a', { type: 'void', of: 'f' }), { rejected: 'amount_out_of_range' });
    story.expect({ fees: most, cash_balance: 1 });
  });

  it('and what is voided stays seen: the fill is sent again under a new id', () => {
    const story = voided();
    const fill = { symbol: 'ACME', side: 'buy', quantity: 10, price: 50 };
    assert.deepEqual(story.tell('settlements.a', { id: 'f1', ...fill }), { duplicate: true });
    story.apply('settlements.a', { id: 'f1-again', ...fill });
    story.expectPosition('ACME', { quantity: '10' });
  });
});
