/**
 * Alerts of kind `overdraft`: an account's cash in a currency is below zero. Raised at the event that took it there,
 * cleared at the one that brought it back. Judges nothing: the event was settled, and is applied whatever it does.
 */
import type { Effect } from '../domain/effect.ts';
import type { Book } from '../ledger/book.ts';
import type { Alert, AlertSink } from '../ports.ts';
import { StandingAlerts } from './standing-alerts.ts';

export class Overdrafts {
  private readonly standing: StandingAlerts;
  private readonly book: Book;

  constructor(sink: AlertSink, book: Book) {
    this.standing = new StandingAlerts(sink);
    this.book = book;
  }

  /** An event took cash of the account below zero, or back. */
  crossed(row: number, effect: Effect, time: number): void {
    const { crossings, sequence, index, event } = effect;
    crossings.forEach(({ currency, cash }, i) => {
      // Of several within the event only where it ended counts.
      if (crossings.some((later, j) => j > i && later.currency === currency)) return;
      const by = 'id' in event ? { event: event.kind, event_id: event.id } : {};
      if (cash >= 0) this.clear(row, currency, time);
      else this.raise(row, currency, cash, `${currency}-${String(sequence)}-${String(index)}`, { ...by, sequence, index }, time); // prettier-ignore
    });
  }

  recover(row: number, alert: Alert, time: number): void {
    const { currency } = alert.details;
    if (typeof currency === 'string') this.standing.recover(row, currency, alert, time);
  }

  /** After a restart: what is overdrawn and not known to be, and what is known to be and is not. */
  reconcile(time: number): void {
    const { book, standing } = this;
    const overdrawn = new Map<number, Set<string>>();
    book.eachOverdraft((row, currency, cash) => {
      const currencies = overdrawn.get(row) ?? new Set();
      overdrawn.set(row, currencies.add(currency));
      const sequence = book.accounts.sequence[row] ?? 0;
      this.raise(row, currency, cash, `${currency}-${String(sequence)}`, { sequence }, time);
    });
    for (const row of standing.owners()) {
      for (const currency of [...standing.of(row).keys()]) {
        if (overdrawn.get(row)?.has(currency) !== true) this.clear(row, currency, time);
      }
    }
  }

  private raise(
    row: number,
    currency: string,
    cash: number,
    id: string,
    cause: Alert['details'],
    timestamp: number,
  ): void {
    const { book } = this;
    this.standing.raise(row, currency, {
      kind: 'overdraft',
      account: book.accounts.ids[row] ?? '',
      id,
      severity: 'warning',
      message: `cash in ${currency} is below zero: ${String(cash)} minor units`,
      details: { currency, cash, ...cause },
      timestamp,
    });
  }

  private clear(row: number, currency: string, timestamp: number): void {
    this.standing.clear(row, currency, `cash in ${currency} is no longer below zero`, timestamp);
  }
}
