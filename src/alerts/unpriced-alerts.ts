/**
 * Alerts of kind `unpriced`: an account holds something that has no price, or cash in a currency without a rate. Looked
 * at when the account is told about: what has no price changes with events and prices alone, and both are told.
 */
import { symbolKey } from '../domain/identifier.ts';
import type { Book } from '../ledger/book.ts';
import type { Alert, AlertSink } from '../ports.ts';
import { StandingAlerts } from './standing-alerts.ts';

export class UnpricedAlerts {
  private readonly standing: StandingAlerts;
  private readonly book: Book;

  constructor(sink: AlertSink, book: Book) {
    this.standing = new StandingAlerts(sink);
    this.book = book;
  }

  check(row: number, time: number): void {
    const { book, standing } = this;
    if (!standing.has(row) && !book.mayBeUnpriced) return;
    const now = book.unpricedOf(row);
    if (now.length === 0 && !standing.has(row)) return;
    const account = book.accounts.ids[row] ?? '_';
    for (const name of now) {
      if (standing.of(row).has(name)) continue;
      const id = `${symbolKey(name)}-${String(book.accounts.sequence[row] ?? 0)}`;
      standing.raise(row, name, {
        kind: 'unpriced',
        account,
        id,
        severity: 'warning',
        message: `${name} has no price`,
        details: { name },
        timestamp: time,
      });
    }
    for (const name of [...standing.of(row).keys()]) {
      if (!now.includes(name)) standing.clear(row, name, `${name} has a price, or is no longer held`, time);
    }
  }

  recover(row: number, alert: Alert, time: number): void {
    const { name } = alert.details;
    if (typeof name === 'string') this.standing.recover(row, name, alert, time);
  }

  /** After a restart: accounts that lack nothing any more. What others lack is seen when they are told about. */
  reconcile(time: number): void {
    for (const row of this.standing.owners()) this.check(row, time);
  }
}
