/** What books are worth at the marks of a market, in dollars: cash, positions, and what is not realized. */
import type { Books } from '../support/oracle/books.ts';
import type { Market } from '../support/oracle/market.ts';
import type { ExpectedLedger } from './expected-ledger.ts';

export interface Valuation {
  readonly cash: bigint;
  readonly positions: bigint;
  readonly unrealized: bigint;
}

export function valuation(books: Books, expected: ExpectedLedger, market: Market): Valuation {
  const inDollars = (amount: bigint, currency: string): bigint =>
    market.convert(market.now, amount, currency, 'USD') ?? 0n;
  let cash = 0n;
  for (const [currency, amount] of books.cash) cash += inDollars(amount, currency);
  let positions = 0n;
  let unrealized = 0n;
  for (const { symbol, quantity, cost } of books.positions.values()) {
    const { currency, style } = market.instrument(symbol);
    // Until a market has a price, what was paid first stands in.
    const mark = market.mark(market.now, symbol, quantity) ?? expected.firstPrice(symbol);
    const gain = (mark === null ? cost : market.value(symbol, quantity, mark)) - cost;
    positions += inDollars(style === 'margined' ? gain : gain + cost, currency);
    unrealized += inDollars(gain, currency);
  }
  return { cash, positions, unrealized };
}
