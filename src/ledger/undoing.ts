/**
 * What it takes to undo an event, in its currencies: what it paid, what it booked, and what its position is without it.
 * Decides nothing, changes nothing, and knows no base currency.
 */
import type { CashEvent, Settlement } from '../domain/ledger-event.ts';
import { pairOf } from './booking.ts';
import type { BookParts } from './book-parts.ts';
import type { PositionChange } from './fill-log.ts';
import { valueOf } from './position.ts';
import type { Booking } from './void-base.ts';
import type { VoidRebuild, VoidTarget } from './void-rebuild.ts';

/** What a void changes in one currency; money in its minor units. */
export interface PocketChange {
  readonly pair: number;
  readonly cash: number;
  readonly converted: number;
}

export interface Undoing {
  readonly pockets: readonly PocketChange[];
  /** What the target booked, in order. */
  readonly bookings: readonly Booking[];
  readonly position: PositionChange | null;
}

/** null where an amount would leave the safe integers. */
export function undoingOf(
  b: BookParts,
  account: number,
  target: VoidTarget,
  rebuild: VoidRebuild,
): Undoing | null {
  const { event } = target;
  return 'direction' in event
    ? undoSettlement(b, account, event, target, rebuild.change(target))
    : undoCash(b, account, event, target, rebuild);
}

/**
 * A spot fill paid its value and its fee, whatever came later. A margined one paid what it realized: there cash changes
 * with what later fills realize without it. A transfer paid its fee, and flowed at its value.
 */
function undoSettlement(
  b: BookParts,
  account: number,
  e: Settlement,
  { currency, quantity, price, feeQuantity }: VoidTarget,
  position: PositionChange | null,
): Undoing | null {
  const instrument = b.instruments.get(e.symbol);
  const value = valueOf(quantity, price, instrument);
  const inKind = valueOf(feeQuantity, price, instrument);
  const target = position?.fills[0];
  if (position === null || target === undefined) return null;
  const pair = pairOf(b, account, currency);
  const feePair = e.feeCurrency === '' ? pair : pairOf(b, account, e.feeCurrency);
  const isTransfer = e.kind === 'transfer';
  const paid = isTransfer ? 0 : instrument.margined ? position.realized : value;
  const ownFee = feePair === pair ? e.fee : 0;
  const pockets: PocketChange[] = [{ pair, cash: paid + ownFee, converted: 0 }];
  if (feePair !== pair && e.fee !== 0) pockets.push({ pair: feePair, cash: e.fee, converted: 0 });
  const bookings: Booking[] = [{ field: 'realized', pair, amount: target.was }];
  if (inKind !== 0) bookings.push({ field: 'fees', pair, amount: inKind });
  if (e.fee !== 0) bookings.push({ field: 'fees', pair: feePair, amount: e.fee });
  if (isTransfer) bookings.push({ field: 'netFlow', pair, amount: value });
  return { pockets, bookings, position };
}

function undoCash(
  b: BookParts,
  account: number,
  e: CashEvent,
  target: VoidTarget,
  rebuild: VoidRebuild,
): Undoing {
  const pair = pairOf(b, account, target.currency);
  const { amount } = e;
  const one = (cash: number, field: Booking['field'], booked: number): Undoing => {
    return {
      pockets: [{ pair, cash, converted: 0 }],
      bookings: [{ field, pair, amount: booked }],
      position: null,
    };
  };
  switch (e.kind) {
    case 'deposit':
      return one(0 - amount, 'netFlow', amount);
    case 'withdrawal':
      return one(amount, 'netFlow', 0 - amount);
    case 'fee':
      return one(amount, 'fees', amount);
    case 'dividend':
    case 'interest':
      return one(0 - amount, 'income', amount);
    case 'conversion': {
      const toPair = pairOf(b, account, e.toCurrency);
      const record = rebuild.record(target);
      // With a leg that had no rate its legs were flows; what nobody recorded counts as it would today.
      const wasFlow =
        record === null ? !b.rates.hasRate(pair) || !b.rates.hasRate(toPair) : record.bookings.length > 0;
      const change = (of: number, cash: number): PocketChange => {
        return { pair: of, cash, converted: wasFlow ? 0 : cash };
      };
      const legs: Booking[] = [
        { field: 'netFlow', pair, amount: 0 - amount },
        { field: 'netFlow', pair: toPair, amount: e.toAmount },
      ];
      const pockets =
        pair === toPair
          ? [change(pair, amount - e.toAmount)]
          : [change(pair, amount), change(toPair, 0 - e.toAmount)];
      return { pockets, bookings: wasFlow ? legs : [], position: null };
    }
  }
}

/**
 * What the books take in their currencies, each once: the target's amounts back, and what later fills realize
 * differently without it.
 */
export function bookChanges({ bookings, position }: Undoing): Booking[] {
  const changes: Booking[] = [];
  for (const { field, pair, amount } of bookings) {
    const change = field === 'realized' ? (position?.realized ?? 0) : 0 - amount;
    const at = changes.findIndex((each) => each.field === field && each.pair === pair);
    if (at < 0) changes.push({ field, pair, amount: change });
    else changes[at] = { field, pair, amount: (changes[at]?.amount ?? 0) + change };
  }
  return changes;
}

/** Fees in the instrument's currency, which are among the position's own. */
export function ownFees({ bookings }: Undoing): number {
  const pair = bookings[0]?.pair;
  return bookings.reduce((sum, x) => (x.field === 'fees' && x.pair === pair ? sum + x.amount : sum), 0);
}
