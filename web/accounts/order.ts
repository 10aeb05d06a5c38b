/** The order and the choice of a list of accounts. Pure. */
import type { Account } from '../api/shapes.ts';

export const orders = ['id', 'equity', 'day', 'drawdown'] as const;
export type OrderBy = (typeof orders)[number];

export interface Order {
  readonly by: OrderBy;
  readonly isAscending: boolean;
}

/** A first click shows what is looked for: the largest, the best, the deepest. */
export function orderAfterClick(order: Order, by: OrderBy): Order {
  if (order.by === by) return { by, isAscending: !order.isAscending };
  return { by, isAscending: by === 'id' || by === 'drawdown' };
}

/** Of those whose id or name has the text. Accounts without a figure come last. */
export function arranged(accounts: Iterable<Account>, { by, isAscending }: Order, text: string): Account[] {
  const wanted = text.trim().toLowerCase();
  const found = [...accounts].filter(
    ({ id, name }) =>
      wanted === '' || id.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted),
  );
  const sign = isAscending ? 1 : -1;
  return found.sort((a, b) => {
    if (by === 'id') return sign * compareIds(a.id, b.id);
    const [x, y] = [figureOf(a, by), figureOf(b, by)];
    if (x === null || y === null)
      return (x === null ? 1 : 0) - (y === null ? 1 : 0) || compareIds(a.id, b.id);
    return sign * (x - y) || compareIds(a.id, b.id);
  });
}

function figureOf(account: Account, by: Exclude<OrderBy, 'id'>): number | null {
  switch (by) {
    case 'equity':
      return account.total_equity;
    case 'day':
      return account.day_change;
    case 'drawdown':
      return account.drawdown;
  }
}

/** Numbers by their value, before names: 9, 10, alice. */
function compareIds(a: string, b: string): number {
  return collator.compare(a, b);
}
const collator = new Intl.Collator('en', { numeric: true });
