/** What disagrees, one figure at a time, and of how many accounts. Bounded; compares nothing by itself. */
import { limits } from '../../../config/limits.ts';

export interface Difference {
  readonly account: string;
  /** The figure, such as "cash USD" or "settlements 17.0". */
  readonly what: string;
  /** Each as it reads there; null where that one was not asked, or has no such figure. */
  readonly ledger: string | null;
  readonly actor: string | null;
  readonly clickhouse: string | null;
}

export class Differences {
  /** Up to a bound. */
  readonly kept: Difference[] = [];
  total = 0;
  private readonly accounts = new Set<string>();

  /** What LEDGER makes of a figure, and what the actor says. */
  actor(account: string, what: string, ledger: string, actor: string): void {
    this.add({ account, what, ledger, actor, clickhouse: null });
  }

  /** What LEDGER makes of a figure, and what ClickHouse says. */
  clickhouse(account: string, what: string, ledger: string | null, clickhouse: string): void {
    this.add({ account, what, ledger, actor: null, clickhouse });
  }

  add(difference: Difference): void {
    this.total++;
    this.accounts.add(difference.account);
    if (this.kept.length < limits.verifyDifferencesMax) this.kept.push(difference);
  }

  /** Accounts of which anything disagrees. */
  get accountCount(): number {
    return this.accounts.size;
  }
}
