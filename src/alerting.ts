/**
 * Alerts that the engine raises: once when a condition begins, once when it ends. Ids follow from what caused them, so
 * that a replay raises the same alert and not another one.
 */
import type { SymbolTable } from './domain/symbol-table.ts';
import type { Book } from './ledger/book.ts';
import type { Alert, AlertKind, AlertSink, DeadLetter } from './ports.ts';
import { symbolKey } from './domain/identifier.ts';

export class Alerting {
  private readonly sink: AlertSink;
  private readonly book: Book;
  private readonly symbols: SymbolTable;
  /** By account row: what it lacks a price of, and the id of the alert that said so. */
  private readonly unpriced = new Map<number, Map<string, string>>();
  private readonly held = new Map<number, string>();

  constructor(sink: AlertSink, book: Book, symbols: SymbolTable) {
    this.sink = sink;
    this.book = book;
    this.symbols = symbols;
  }

  rejected(letter: DeadLetter): void {
    const { reason, detail, subject, sequence, index, stream } = letter;
    const id = stream === '' ? `core-${String(letter.time)}-${String(this.nextCore++)}` : `${stream}-${String(sequence)}-${String(index)}`; // prettier-ignore
    const details = { reason, detail, subject, stream, sequence, index };
    this.publish(
      'rejected',
      letter.account,
      id,
      'raised',
      'warning',
      `${reason}: ${detail}`,
      details,
      letter.time,
    );
  }
  private nextCore = 0;

  /** After a tick: whether an account that changed holds something without a price. */
  checkUnpriced(row: number, time: number): void {
    const known = this.unpriced.get(row);
    if (known === undefined && !this.book.mayBeUnpriced) return;
    const now = this.book.unpricedOf(row);
    if (known === undefined && now.length === 0) return;
    const account = this.book.accounts.ids[row] ?? '_';
    const raised = known ?? new Map<string, string>();
    for (const name of now) {
      if (raised.has(name)) continue;
      const id = `${symbolKey(name)}-${String(this.book.accounts.sequence[row] ?? 0)}`;
      raised.set(name, id);
      this.publish('unpriced', account, id, 'raised', 'warning', `${name} has no price`, { name }, time);
    }
    for (const [name, id] of raised) {
      if (now.includes(name)) continue;
      raised.delete(name);
      this.publish('unpriced', account, id, 'cleared', 'info', `${name} has a price`, { name }, time);
    }
    if (raised.size === 0) this.unpriced.delete(row);
    else this.unpriced.set(row, raised);
  }

  /** A price was held back, by the guard or because an amount would leave its range; or that is over. */
  heldPrice(symbol: number, isHeld: boolean, message: string, time: number): void {
    const name = this.symbols.name(symbol);
    const known = this.held.get(symbol);
    if ((known !== undefined) === isHeld) return;
    const id = known ?? `${symbolKey(name)}-${String(time)}`;
    if (isHeld) this.held.set(symbol, id);
    else this.held.delete(symbol);
    const state = isHeld ? 'raised' : 'cleared';
    this.publish('held_price', '_', id, state, isHeld ? 'warning' : 'info', message, { symbol: name }, time);
  }

  get holdsPrices(): boolean {
    return this.held.size > 0;
  }

  isHeld(symbol: number): boolean {
    return this.held.has(symbol);
  }

  private publish(
    kind: AlertKind,
    account: string,
    id: string,
    state: Alert['state'],
    severity: Alert['severity'],
    message: string,
    details: Alert['details'],
    timestamp: number,
  ): void {
    this.sink.publish({ kind, account, id, state, severity, message, details, timestamp });
  }
}
