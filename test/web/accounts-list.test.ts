/** The list of accounts: its order, its search, and which rows are in the document. */
import assert from 'node:assert/strict';
import { arranged, orderAfterClick } from '../../web/accounts/order.ts';
import { visibleRows } from '../../web/accounts/visible-rows.ts';
import type { Account } from '../../web/api/shapes.ts';

const account = (id: string, name: string, equity: number, drawdown: number | null = 0): Account => ({
  id,
  name,
  tick: 1,
  timestamp: 1,
  total_equity: equity,
  cash_balance: 0,
  position_value: 0,
  unrealized_pnl: 0,
  realized_pnl: 0,
  fees: 0,
  net_flow: 0,
  day_change: -equity,
  day_change_percent: null,
  nav: 1,
  drawdown,
  max_drawdown: null,
  currency: 'USD',
  state: 'active.healthy',
  sequence: 1,
});
const accounts = [
  account('10', 'Ann', 300, -0.2),
  account('9', 'Ben', 100, null),
  account('carl', 'Anna', 200, -0.1),
];

describe('the list of accounts', () => {
  const ids = (by: 'id' | 'equity' | 'day' | 'drawdown', isAscending: boolean, text = ''): string[] =>
    arranged(accounts, { by, isAscending }, text).map(({ id }) => id);

  it('is in the order of a figure, those without one last', () => {
    assert.deepEqual(ids('equity', false), ['10', 'carl', '9']);
    assert.deepEqual(ids('day', false), ['9', 'carl', '10']);
    assert.deepEqual(ids('drawdown', true), ['10', 'carl', '9']);
    assert.deepEqual(ids('drawdown', false), ['carl', '10', '9']);
    assert.deepEqual(ids('id', true), ['9', '10', 'carl']);
  });

  it('is searched by id and name', () => {
    assert.deepEqual(ids('equity', false, ' ANN '), ['10', 'carl']);
    assert.deepEqual(ids('equity', false, '9'), ['9']);
    assert.deepEqual(ids('equity', false, 'nobody'), []);
  });

  it('shows first what is looked for, then the other way round', () => {
    const first = orderAfterClick({ by: 'id', isAscending: true }, 'drawdown');
    assert.deepEqual(first, { by: 'drawdown', isAscending: true });
    assert.deepEqual(orderAfterClick(first, 'drawdown'), { by: 'drawdown', isAscending: false });
    assert.deepEqual(orderAfterClick(first, 'equity'), { by: 'equity', isAscending: false });
  });

  it('has in the document what is seen and a little more, however long it is', () => {
    assert.deepEqual(visibleRows(1_000, 30, 0, 600), { first: 0, end: 29 });
    assert.deepEqual(visibleRows(1_000, 30, 15_000, 600), { first: 492, end: 529 });
    assert.deepEqual(visibleRows(1_000, 30, 29_400, 600), { first: 972, end: 1_000 });
    assert.deepEqual(visibleRows(3, 30, 900, 600), { first: 0, end: 3 });
  });
});
