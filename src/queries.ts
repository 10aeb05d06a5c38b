/** Answers about the engine's state: one account, a page of accounts in some order. */
import type { AccountView } from './domain/account-view.ts';
import type { Book } from './ledger/book.ts';
import { dayChange } from './ledger/session.ts';
import type { AccountOrder, EngineQueries, EngineStats } from './ports.ts';

export function engineQueries(
  book: Book,
  stats: () => EngineStats,
  isLive: () => boolean,
  isOwner: () => boolean,
): EngineQueries {
  return {
    inspect: (account) => book.view(account),
    accounts: (after, limit, order) => pageOf(book, after, limit, order),
    stats,
    isLive,
    isOwner,
  };
}

/** Largest equity first, largest day change first, deepest drawdown first; equal ones, and `id`, by id. */
function pageOf(book: Book, after: string | null, limit: number, order: AccountOrder): AccountView[] {
  const { accounts } = book;
  const key = (row: number): number => {
    switch (order) {
      case 'id':
        return 0;
      case 'equity':
        return 0 - accounts.equity(row);
      case 'day_change':
        return 0 - dayChange(accounts, row);
      case 'drawdown':
        return accounts.drawdown[row] ?? 0;
    }
  };
  const rows = Array.from({ length: accounts.count }, (_, row) => ({ row, key: key(row) }));
  const id = (row: number): string => accounts.ids[row] ?? '';
  rows.sort((a, b) => a.key - b.key || compareIds(id(a.row), id(b.row)));
  const from = after === null ? 0 : rows.findIndex(({ row }) => id(row) === after) + 1;
  return rows.slice(from, from + limit).map(({ row }) => book.viewRow(row));
}

/** "9" before "10": ids that are numbers by number, then the others by text. */
function compareIds(a: string, b: string): number {
  const isNumber = /^\d{1,15}$/;
  if (isNumber.test(a) && isNumber.test(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
