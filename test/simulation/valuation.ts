/** What books are worth at the marks of a market, in a base currency: cash, positions, and what is not realized. */
import type { AccountView } from '../../src/domain/account-view.ts';
import type { Books } from '../support/oracle/books.ts';
import { atScale, decimalOf } from '../support/oracle/exact.ts';
import type { Market } from '../support/oracle/market.ts';
import type { ExpectedLedger } from './expected-ledger.ts';
import { fail } from './simulation-failure.ts';

export interface Valuation {
  readonly cash: bigint;
  readonly positions: bigint;
  readonly unrealized: bigint;
}

/** @param standIn what is known of a symbol that no market has priced: null until something was paid for it */
export function valuation(
  books: Books,
  market: Market,
  base: string,
  standIn: (symbol: string) => bigint | null,
): Valuation {
  const inBase = (amount: bigint, currency: string): bigint =>
    market.convert(market.now, amount, currency, base) ?? 0n;
  let cash = 0n;
  for (const [currency, amount] of books.cash) cash += inBase(amount, currency);
  let positions = 0n;
  let unrealized = 0n;
  for (const { symbol, quantity, cost } of books.positions.values()) {
    const { currency, style } = market.instrument(symbol);
    const mark = market.mark(market.now, symbol, quantity) ?? standIn(symbol);
    const gain = (mark === null ? cost : market.value(symbol, quantity, mark)) - cost;
    positions += inBase(style === 'margined' ? gain : gain + cost, currency);
    unrealized += inBase(gain, currency);
  }
  return { cash, positions, unrealized };
}

/**
 * The marks of an account's view that a settlement gave: of a symbol that no market has priced, what somebody paid for
 * it. Which payment that was may be another one after a restart.
 */
export function standIns(
  view: AccountView | null,
  expected: ExpectedLedger,
): (symbol: string) => bigint | null {
  return (symbol) => {
    const position = view?.positions.find((each) => each.symbol === symbol);
    const text = position?.mark ?? null;
    if (text === null) return null;
    const { price_scale } = expected.market.instrument(symbol);
    const mark = atScale(decimalOf(text) ?? fail(`${text} is no mark`), price_scale);
    if (!expected.wasPaid(symbol, mark)) fail(`${symbol} is marked at ${text}, which nobody paid`);
    return mark;
  };
}
