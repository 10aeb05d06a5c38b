/** Answers about the engine's state: one account, a page of accounts in some order, what became of an event. */
import type { AccountView } from './domain/account-view.ts';
import type { EngineStats } from './domain/engine-stats.ts';
import { compareIds } from './domain/identifier.ts';
import type { Book } from './ledger/book.ts';
import { dayChange } from './ledger/session.ts';
import type { AccountOrder, EngineQueries } from './ports.ts';
import type { Verdicts } from './verdicts.ts';

export function engineQueries(
  book: Book,
  verdicts: Verdicts,
  /** LEDGER sequence applied last. */
  applied: () => number,
  stats: () => EngineStats,
  isLive: () => boolean,
  isOwner: () => boolean,
): EngineQueries {
  return {
    inspect: (account) => book.view(account),
    accounts: (after, limit, order) => pageOf(book, after, limit, order),
    outcome(account, sequence, index) {
      const row = book.accounts.find(account);
      // An account that was stopped is behind the others.
      const isJudged = applied() >= sequence && (row < 0 || (book.accounts.sequence[row] ?? 0) >= sequence);
      return isJudged ? verdicts.of(account, row, sequence, index) : { outcome: 'pending' };
    },
    hasSeen(account, area, id) {
      const row = book.accounts.find(account);
      return row >= 0 && book.hasSeen(row, area, id);
    },
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
