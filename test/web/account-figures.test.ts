/** What the page of an account makes of figures: profit by source, ages of marks, and the key of an order. */
import assert from 'node:assert/strict';
import { keyedOrder } from '../../web/account/flow-order.ts';
import { markAgesOf } from '../../web/account/mark-ages.ts';
import { pnlPartsOf } from '../../web/account/pnl-parts.ts';
import type { CashFlow, Detail } from '../../web/api/shapes.ts';

/** Paid in 1000; earned 30 - 10 + 5 - 2 + 1. */
const detail = {
  tick: 10,
  sequence: 7,
  total_equity: 1_024,
  net_flow: 1_000,
  realized_pnl: 30,
  unrealized_pnl: -10,
  income: 5,
  fees: 2,
  fx_pnl: 1,
} as Detail;

describe('profit by source', () => {
  it('sums to the profit, at the newest tick of the same events', () => {
    const live = { ...detail, tick: 12, total_equity: 1_044, unrealized_pnl: 8 };
    assert.deepEqual(pnlPartsOf(live, detail), {
      realized: 30,
      unrealized: 8,
      income: 5,
      fees: 2,
      fx: 3,
      total: 44,
    });
  });

  it('is of one moment where newer events are not asked for yet', () => {
    const live = { ...detail, tick: 12, sequence: 8, total_equity: 1_060 };
    assert.deepEqual(pnlPartsOf(live, detail), {
      realized: 30,
      unrealized: -10,
      income: 5,
      fees: 2,
      fx: 1,
      total: 24,
    });
  });
});

describe('the age of marks', () => {
  const position = (quantity: string, mark_ts: number | null) =>
    ({ quantity, mark_ts }) as Detail['positions'][0];

  it('is that of what is held', () => {
    const positions = [position('1', 900), position('-2', 400), position('0', 1), position('3', null)];
    assert.deepEqual(markAgesOf({ positions }, 1_000), { newestMs: 100, oldestMs: 600 });
  });

  it('is none where nothing that is held has a mark', () => {
    assert.equal(markAgesOf({ positions: [position('0', 1)] }, 1_000), null);
  });
});

describe('the key of an order', () => {
  const flow: CashFlow = { transaction_type: 'deposit', transaction_date: '2026-01-05', amount: '10.00' };
  let keys = 0;
  const newKey = (): string => `key-${++keys}`;

  it('stays while the order does, and is another for another order', () => {
    const first = keyedOrder(flow, null, newKey);
    assert.equal(keyedOrder({ ...flow }, first, newKey).key, first.key);
    assert.notEqual(keyedOrder({ ...flow, amount: '11.00' }, first, newKey).key, first.key);
  });
});
