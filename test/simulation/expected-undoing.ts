/**
 * What a void books in base, from what the effect log recorded of its target and of the trades after it: what was booked
 * at some rate is taken back as it was booked, and what a later trade realizes otherwise is booked at that trade's rate.
 */
import type { BookField } from '../../src/domain/effect.ts';
import type { RecordedEffect } from '../../src/domain/recorded.ts';
import { decimalOf, nearestEven } from '../support/oracle/exact.ts';
import type { Market } from '../support/oracle/market.ts';
import type { ExpectedAccount, ExpectedElement, Undone } from './expected-account.ts';
import { localBookings } from './local-bookings.ts';

/** By book; null where it hangs on a rate that no record has. */
export type UndoneInBase = Record<BookField, bigint | null>;

export function undoneInBase(
  account: ExpectedAccount,
  { target, realized }: Undone,
  market: Market,
  recordOf: (element: ExpectedElement) => Pick<RecordedEffect, 'bookings' | 'rate'> | undefined,
): UndoneInBase {
  const { base } = account;
  const undone: UndoneInBase = { realized: 0n, fees: 0n, income: 0n, netFlow: 0n };
  const book = (field: BookField, amount: bigint | null): void => {
    const before = undone[field];
    undone[field] = before === null || amount === null ? null : before + amount;
  };
  const record = recordOf(target.element);
  // A conversion between rated currencies booked nothing.
  const isNothing = record?.bookings.length === 0;
  localBookings(target.fact, 0n, market).forEach(({ field, currency, amount }, place) => {
    if (field === 'realized' || isNothing) return;
    const recorded = record?.bookings[place] ?? NaN;
    const isKnown = !Number.isNaN(recorded);
    // Within one currency even of a conversion it is the amount itself.
    book(field, currency === base ? -amount : isKnown ? -BigInt(recorded) : null);
  });
  if (target.fact.kind !== 'trade') return undone;
  const { currency } = market.instrument(target.fact.symbol);
  for (const { entry, was, is } of realized) {
    if (currency === base) {
      book('realized', is - was);
      continue;
    }
    const { bookings = [], rate = NaN } = recordOf(entry.element) ?? {};
    const recorded = bookings[0] ?? NaN;
    const then = account.realizedThen(entry);
    const atRate = (amount: bigint): bigint | null => {
      if (Number.isNaN(recorded)) return null;
      return amount === then ? BigInt(recorded) : timesRate(amount, rate);
    };
    const [before, after] = [atRate(was), entry === target ? 0n : atRate(is)];
    book('realized', before === null || after === null ? null : after - before);
  }
  return undone;
}

/** The rate at its shortest decimal; null where there is none. */
function timesRate(amount: bigint, rate: number): bigint | null {
  if (amount === 0n) return 0n;
  const exact = decimalOf(String(rate), 99);
  return exact === null ? null : nearestEven({ n: amount * exact.n, d: exact.d });
}
