/**
 * The books of an account, folded anew from the facts of its ledger whenever somebody asks: cash, positions, and what
 * was booked, in its currency and, at the rate of its moment, in base. Nothing here is kept from one question to the next.
 */
import { absolute, isSafeInteger, nearestEven } from './exact.ts';
import type { Market } from './market.ts';

export type Book = 'flow' | 'realized' | 'income' | 'fees' | 'converted';

/** Money that came or went for one reason. */
export interface CashFact {
  readonly kind: 'cash';
  /** The board at which it happened. */
  readonly at: number;
  readonly entries: readonly { readonly book: Book; readonly currency: string; readonly amount: bigint }[];
}

export interface TradeFact {
  readonly kind: 'trade';
  readonly at: number;
  readonly symbol: string;
  /** Signed, at the instrument's scale. */
  readonly quantity: bigint;
  readonly price: bigint;
  readonly isTransfer: boolean;
  readonly fee: bigint;
  readonly feeCurrency: string;
  /** Fee in kind: sold again at the same price. */
  readonly feeQuantity: bigint;
}

export type Fact = CashFact | TradeFact;

export interface Booking {
  readonly book: Book;
  readonly currency: string;
  readonly amount: bigint;
  readonly symbol: string | null;
  readonly at: number;
}

export interface Position {
  readonly symbol: string;
  quantity: bigint;
  cost: bigint;
  realized: bigint;
  fees: bigint;
}

export interface Books {
  readonly cash: Map<string, bigint>;
  readonly positions: Map<string, Position>;
  readonly bookings: Booking[];
}

export function foldFacts(facts: readonly Fact[], market: Market): Books {
  const books: Books = { cash: new Map(), positions: new Map(), bookings: [] };
  for (const fact of facts) {
    if (fact.kind === 'trade') foldTrade(books, fact, market);
    else {
      for (const { book, currency, amount } of fact.entries) {
        add(books.cash, currency, book === 'fees' ? -amount : amount);
        books.bookings.push({ book, currency, amount, symbol: null, at: fact.at });
      }
    }
  }
  return books;
}

export function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

function foldTrade(books: Books, fact: TradeFact, market: Market): void {
  const { symbol, price, at } = fact;
  const { currency, style } = market.instrument(symbol);
  const position = books.positions.get(symbol) ?? { symbol, quantity: 0n, cost: 0n, realized: 0n, fees: 0n };
  books.positions.set(symbol, position);
  const paid = market.value(symbol, fact.quantity, price);
  let realized = trade(position, fact.quantity, price, market);
  if (style === 'margined') add(books.cash, currency, realized);
  else add(books.cash, currency, fact.isTransfer ? 0n : -paid);
  // In kind: the fee is what its quantity brings at the fill's price, so cash does not move.
  const inKind = market.value(symbol, fact.feeQuantity, price);
  if (fact.feeQuantity !== 0n) realized += trade(position, -fact.feeQuantity, price, market);
  if (fact.fee !== 0n) add(books.cash, fact.feeCurrency, -fact.fee);
  position.fees += inKind + (fact.feeCurrency === currency ? fact.fee : 0n);
  const book = (name: Book, of: string, amount: bigint): void => {
    books.bookings.push({ book: name, currency: of, amount, symbol, at });
  };
  book('realized', currency, realized);
  if (inKind !== 0n) book('fees', currency, inKind);
  if (fact.fee !== 0n) book('fees', fact.feeCurrency, fact.fee);
  if (fact.isTransfer) book('flow', currency, paid);
}

/** The three rules. Returns what was realized. */
function trade(position: Position, change: bigint, price: bigint, market: Market): bigint {
  const paid = market.value(position.symbol, change, price);
  const { quantity, cost } = position;
  const closable =
    quantity > 0n === change > 0n
      ? 0n
      : absolute(quantity) < absolute(change)
        ? absolute(quantity)
        : absolute(change);
  position.quantity += change;
  if (closable === 0n) {
    position.cost += paid;
    return 0n;
  }
  const through = absolute(change) > closable;
  const closingPaid = through ? market.value(position.symbol, -quantity, price) : paid;
  const released = nearestEven({ n: cost * closable, d: absolute(quantity) });
  const realized = -closingPaid - released;
  position.cost = cost - released + (paid - closingPaid);
  position.realized += realized;
  return realized;
}

/** Whether every integer that would be stored is one that JSON and a double keep. */
export function areStorable(books: Books): boolean {
  const stored = [...books.cash.values()];
  for (const p of books.positions.values()) stored.push(p.quantity, p.cost, p.realized, p.fees);
  return stored.every(isSafeInteger);
}

/** Sum of a book in one currency. */
export function booked(books: Books, book: Book, currency: string): bigint {
  return books.bookings.reduce(
    (sum, b) => (b.book === book && b.currency === currency ? sum + b.amount : sum),
    0n,
  );
}

/** cash + cost of spot positions - (flow + realized + income - fees + converted), by currency: zero, or books are wrong. */
export function residuals(books: Books, market: Market): Record<string, bigint> {
  const left = new Map<string, bigint>(books.cash);
  for (const { symbol, cost } of books.positions.values()) {
    const { currency, style } = market.instrument(symbol);
    if (style === 'spot') add(left, currency, cost);
  }
  for (const b of books.bookings) add(left, b.currency, b.book === 'fees' ? b.amount : -b.amount);
  return Object.fromEntries(left);
}
