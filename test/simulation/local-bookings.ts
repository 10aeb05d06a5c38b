/** What an element of LEDGER books in its own currencies, in the order in which a ledger books it. */
import type { BookField } from '../../src/domain/effect.ts';
import type { Book, Fact } from '../support/oracle/books.ts';
import type { Market } from '../support/oracle/market.ts';

export interface LocalBooking {
  readonly field: BookField;
  readonly currency: string;
  /** Minor units. */
  readonly amount: bigint;
}

/** `realized`: of a trade, which follows from the position before it. */
export function localBookings(fact: Fact, realized: bigint, market: Market): LocalBooking[] {
  if (fact.kind === 'cash') {
    return fact.entries.map(({ book, currency, amount }) => ({ field: fieldOf(book), currency, amount }));
  }
  const { symbol, price, quantity, fee, feeCurrency, feeQuantity, isTransfer } = fact;
  const { currency } = market.instrument(symbol);
  const bookings: LocalBooking[] = [{ field: 'realized', currency, amount: realized }];
  const inKind = market.value(symbol, feeQuantity, price);
  if (inKind !== 0n) bookings.push({ field: 'fees', currency, amount: inKind });
  if (fee !== 0n) bookings.push({ field: 'fees', currency: feeCurrency, amount: fee });
  if (isTransfer)
    bookings.push({ field: 'netFlow', currency, amount: market.value(symbol, quantity, price) });
  return bookings;
}

function fieldOf(book: Book): BookField {
  if (book === 'flow') return 'netFlow';
  if (book === 'converted') throw new Error('what is converted is not booked');
  return book;
}
