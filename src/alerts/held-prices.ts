/**
 * Alerts of kind `held_price`: a symbol's price was held back, by the guard or because an amount would leave its range.
 * A former owner's stand until the symbol is marked again: what it waited for to be confirmed is not known any more.
 */
import { symbolKey } from '../domain/identifier.ts';
import type { PriceChanges } from '../domain/price-change.ts';
import type { SymbolTable } from '../domain/symbol-table.ts';
import type { Alert, AlertSink } from '../ports.ts';
import { StandingAlerts } from './standing-alerts.ts';

const price = 'price';

export class HeldPrices {
  private readonly standing: StandingAlerts;
  private readonly symbols: SymbolTable;

  constructor(sink: AlertSink, symbols: SymbolTable) {
    this.standing = new StandingAlerts(sink);
    this.symbols = symbols;
  }

  held(symbol: number, message: string, timestamp: number): void {
    const name = this.symbols.name(symbol);
    this.standing.raise(symbol, price, {
      kind: 'held_price',
      account: '_',
      id: `${symbolKey(name)}-${String(timestamp)}`,
      severity: 'warning',
      message,
      details: { symbol: name },
      timestamp,
    });
  }

  over(symbol: number, message: string, timestamp: number): void {
    this.standing.clear(symbol, price, message, timestamp);
  }

  /** A price that was held back for its size is offered again by the market: it is judged anew. */
  clearMarked(changes: PriceChanges, timestamp: number): void {
    if (this.standing.isEmpty) return;
    for (let i = 0; i < changes.count; i++)
      this.over(changes.symbols[i] ?? 0, 'it is marked again', timestamp);
  }

  recover(alert: Alert, time: number): void {
    const { symbol } = alert.details;
    if (typeof symbol === 'string') this.standing.recover(this.symbols.intern(symbol), price, alert, time);
  }
}
