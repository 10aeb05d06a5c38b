/** A ledger event in a few words: "buy 100 AAPL @ 50". */
import type { Decimal } from '../../domain/decimal.ts';
import type { CashEvent, LedgerEvent, Settlement } from '../../domain/ledger-event.ts';
import type { SymbolTable } from '../../domain/symbol-table.ts';
import { moneyText } from '../format.ts';

type Exponents = Readonly<Record<string, number>>;

/** `currency`: of a cash event that names none. */
export function eventText(
  event: LedgerEvent | null,
  subject: string,
  symbols: SymbolTable,
  currency: string,
  exponents: Exponents,
): string {
  if (event === null) return `unreadable, on ${subject}`;
  if ('direction' in event) return settlementText(event, symbols);
  if (event.kind === 'void') return `void of ${event.of}`;
  return 'toAmount' in event ? cashText(event, currency, exponents) : event.kind;
}

function settlementText(e: Settlement, symbols: SymbolTable): string {
  const sides = e.kind === 'fill' ? (['buy', 'sell'] as const) : (['in', 'out'] as const);
  const side = e.direction > 0 ? sides[0] : sides[1];
  return `${side} ${decimal(e.quantity)} ${symbols.name(e.symbol)} @ ${decimal(e.price)}`;
}

function cashText(e: CashEvent, currency: string, exponents: Exponents): string {
  const from = e.currency === '' ? currency : e.currency;
  const amount = `${moneyText(e.amount, from, exponents)} ${from}`;
  if (e.kind === 'conversion') {
    return `conversion ${amount} to ${moneyText(e.toAmount, e.toCurrency, exponents)} ${e.toCurrency}`;
  }
  return `${e.kind} ${amount}${e.symbol === '' ? '' : `, ${e.symbol}`}`;
}

/** Of any number of digits: what is refused for its digits is shown with them. */
function decimal({ coefficient, scale }: Decimal): string {
  if (scale === 0) return String(coefficient);
  const sign = coefficient < 0 ? '-' : '';
  const digits = String(coefficient)
    .slice(sign.length)
    .padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, 0 - scale)}.${digits.slice(0 - scale)}`;
}
