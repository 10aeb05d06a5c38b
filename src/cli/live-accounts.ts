/**
 * The last update of every account, as it comes: kept unread until somebody looks, so that a thousand updates a tick
 * cost what is shown of them. Bounded; knows no terminal.
 */
import { limits } from '../../config/limits.ts';
import type { AccountOrder } from '../ports.ts';
import type { AccountFigures } from '../client/account-reply.ts';

const decoder = new TextDecoder();

export class LiveAccounts {
  updates = 0;
  /** Accounts beyond the bound, whose updates are only counted. */
  overlooked = 0;
  private readonly known = new Map<string, AccountFigures>();
  private readonly unread = new Map<string, Uint8Array>();

  /** What is known before updates come. */
  hydrate(accounts: readonly AccountFigures[]): void {
    for (const account of accounts) this.keep(account);
  }

  take(account: string, payload: Uint8Array): void {
    this.updates++;
    if (!this.known.has(account) && !this.unread.has(account) && this.size >= limits.cliWatchAccountsMax) {
      this.overlooked++;
    } else this.unread.set(account, payload);
  }

  get size(): number {
    return this.known.size + this.unread.size;
  }

  /** Up to `count` accounts in order. */
  top(order: AccountOrder, count: number): AccountFigures[] {
    for (const payload of this.unread.values()) {
      this.keep(JSON.parse(decoder.decode(payload)) as AccountFigures);
    }
    this.unread.clear();
    return [...this.known.values()].sort(comparisons[order]).slice(0, count);
  }

  /** How many accounts are known, after `top` has read them. */
  get count(): number {
    return this.known.size;
  }

  /** An answer to a request may be older than an update that came meanwhile. */
  private keep(account: AccountFigures): void {
    const before = this.known.get(account.account_id);
    if (before === undefined || account.tick >= before.tick) this.known.set(account.account_id, account);
  }
}

type Comparison = (a: AccountFigures, b: AccountFigures) => number;

const collator = new Intl.Collator('en', { numeric: true });
const byId: Comparison = (a, b) => collator.compare(a.account_id, b.account_id);

const comparisons: Readonly<Record<AccountOrder, Comparison>> = {
  id: byId,
  equity: (a, b) => b.total_equity - a.total_equity || byId(a, b),
  day_change: (a, b) => b.day_change - a.day_change || byId(a, b),
  drawdown: (a, b) => (a.drawdown ?? 0) - (b.drawdown ?? 0) || byId(a, b),
};
