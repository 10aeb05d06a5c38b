/** Booking: cash into pockets, and realized P&L, fees, income and flows into the books, per currency and in base. */
import assert from 'node:assert/strict';
import { isSafe, replacePart } from '../domain/rounding.ts';
import type { RecordedEffect } from '../domain/recorded.ts';
import type { Accounts } from './accounts.ts';
import type { BookParts } from './book-parts.ts';
import { granuleRows, foreignFees, foreignRealized, foreignValue } from './holdings.ts';
import { unitize, wipe, wipeIfRuined } from './performance.ts';
import type { BookField } from '../domain/effect.ts';
import type { WaitingEntry } from './waiting.ts';

/** The account's pocket in the pair's currency, opened at need. */
export function pocketOf(b: BookParts, account: number, pair: number): number {
  const first = b.accounts.firstPocket[account] ?? -1;
  const found = b.pockets.find(first, pair);
  if (found >= 0) return found;
  const pocket = b.pockets.open(account, pair, !b.rates.isIdentity(pair), first);
  b.accounts.firstPocket[account] = pocket;
  return pocket;
}

/** The pair (currency, the account's base currency). */
export function pairOf(b: BookParts, account: number, currency: string): number {
  return b.rates.pair(currency, b.accounts.baseCurrency[account] ?? '');
}

/** Cash of the account in the pair's currency, 0 where it has no pocket. */
export function cashIn(b: BookParts, account: number, pair: number): number {
  const pocket = b.pockets.find(b.accounts.firstPocket[account] ?? -1, pair);
  return pocket < 0 ? 0 : (b.pockets.cash[pocket] ?? 0);
}

/** An amount in base: 0 where there is no rate (it is outside equity), NaN where it is out of range. */
export function inBase(b: BookParts, pair: number, amount: number): number {
  return b.rates.hasRate(pair) ? b.rates.convert(pair, amount) : 0;
}

/**
 * The account's cash balance in base once cash has taken `change` more; NaN where an amount would leave the safe
 * integers. `balance` is what it is before: of two moves the second one sees the first.
 */
export function balanceAfter(
  b: BookParts,
  account: number,
  pair: number,
  change: number,
  balance = b.accounts.cashBalance[account] ?? 0,
): number {
  const cash = cashIn(b, account, pair);
  if (!isSafe(change) || !isSafe(cash + change)) return NaN;
  const after = replacePart(balance, inBase(b, pair, cash), inBase(b, pair, cash + change));
  return isSafe(after) ? after : NaN;
}

export function cashFits(b: BookParts, account: number, pair: number, change: number): boolean {
  return isSafe(balanceAfter(b, account, pair, change));
}

export function moveCash(b: BookParts, account: number, pair: number, change: number): void {
  const pocket = pocketOf(b, account, pair);
  const before = b.pockets.cash[pocket] ?? 0;
  const cash = before + change;
  if (before < 0 !== cash < 0) b.effect.crossings.push({ currency: b.rates.currency(pair), cash });
  const base = inBase(b, pair, cash);
  const balance = b.accounts.cashBalance[account] ?? 0;
  b.accounts.cashBalance[account] = replacePart(balance, b.pockets.cashBase[pocket] ?? 0, base);
  b.pockets.cash[pocket] = cash;
  b.pockets.cashBase[pocket] = base;
}

/** The column of a book, spelled out: a computed name would make every access a dictionary's. */
export function pocketColumn(b: BookParts, field: BookField): Float64Array {
  switch (field) {
    case 'realized':
      return b.pockets.realized;
    case 'fees':
      return b.pockets.fees;
    case 'income':
      return b.pockets.income;
    case 'netFlow':
      return b.pockets.flow;
  }
}

export function accountColumn(b: BookParts, field: BookField): Float64Array {
  switch (field) {
    case 'realized':
      return b.accounts.realized;
    case 'fees':
      return b.accounts.fees;
    case 'income':
      return b.accounts.income;
    case 'netFlow':
      return b.accounts.netFlow;
  }
}

/** Whether the books may take the amount; `baseBefore` is what the same event books in base before it. */
export function bookFits(
  b: BookParts,
  account: number,
  field: BookField,
  pair: number,
  amount: number,
  baseBefore = 0,
): boolean {
  const pocket = b.pockets.find(b.accounts.firstPocket[account] ?? -1, pair);
  const local = pocket < 0 ? 0 : (pocketColumn(b, field)[pocket] ?? 0);
  const base = (accountColumn(b, field)[account] ?? 0) + baseBefore;
  return isSafe(local + amount) && isSafe(base) && isSafe(base + inBase(b, pair, amount));
}

/**
 * Books an amount in its currency at once, in base at today's rate; where there is none it waits.
 * @returns the amount in base, NaN when it waits
 */
export function book(
  b: BookParts,
  account: number,
  field: BookField,
  pair: number,
  amount: number,
  holding: number,
  time: number,
): number {
  const pocket = pocketOf(b, account, pair);
  const column = pocketColumn(b, field);
  column[pocket] = (column[pocket] ?? 0) + amount;
  const base = b.recall.isOn ? b.recall.take() : valueNow(b, pair, amount);
  b.effect.bookings.push(base);
  if (Number.isNaN(base)) {
    b.waiting.add(account, { field, pair, amount, holding, time });
    return NaN;
  }
  bookBase(b, account, field, base, holding, time);
  if (holding >= 0 && field === 'fees') noteOtherFees(b, holding, pair, base);
  return base;
}

/** In base at today's rate, NaN where there is none. */
function valueNow(b: BookParts, pair: number, amount: number): number {
  return b.rates.hasRate(pair) ? b.rates.convert(pair, amount) : NaN;
}

/** Books an amount in base: the account's total, the holding's, and for a flow the day's. */
function bookBase(
  b: BookParts,
  account: number,
  field: BookField,
  base: number,
  holding: number,
  time: number,
): void {
  const { holdings } = b;
  const total = accountColumn(b, field);
  total[account] = (total[account] ?? 0) + base;
  if (field === 'netFlow') flowOfDay(b, account, base, time);
  if (holding < 0 || (field !== 'realized' && field !== 'fees') || !holdings.laneOf(holding).isForeign)
    return;
  const columns = holdings.foreignOf(holding);
  const at = (field === 'realized' ? foreignRealized : foreignFees) + (holding % granuleRows);
  columns[at] = (columns[at] ?? 0) + base;
}

/** A local holding's fee in another currency is in its fees in base, and not among its own. */
function noteOtherFees(b: BookParts, holding: number, pair: number, base: number): void {
  const { holdings } = b;
  if (holdings.laneOf(holding).isForeign || b.rates.isIdentity(pair)) return;
  holdings.otherFees.set(holding, (holdings.otherFees.get(holding) ?? 0) + base);
}

/** A flow that takes effect before the session began was there when the day opened. */
export function flowOfDay(b: BookParts, account: number, base: number, time: number): void {
  const { accounts, sessions } = b;
  const end = accounts.sessionEnd[account] ?? NaN;
  const start = sessions.calendarOf(account).startOf(end - 1);
  const isBefore = time < start;
  if (isBefore) sessions.atHand.opened += base;
  else sessions.atHand.flowed += base;
  const column = isBefore ? accounts.dayOpenEquity : accounts.dayNetFlow;
  column[account] = (column[account] ?? 0) + base;
}

/**
 * At a tick: what waited for a rate that exists now is booked, and flows buy their units. `before` each flow is equity
 * without what had no rate before this tick (1,000 USD, then 1,000 EUR without a rate, then 1.10: equity 2,100, nav 1).
 * @returns whether a figure changed
 */
export function bookWaiting(
  b: BookParts,
  account: number,
  time: number,
  late: (entry: WaitingEntry, base: number) => void,
): boolean {
  if (!b.waiting.has(account)) return false;
  const ready = b.waiting.take(account, (pair) => b.rates.hasRate(pair));
  if (ready.length === 0) return false;
  const { accounts } = b;
  const figures = bookedFigures(accounts, account);
  let before = accounts.equity(account) - newInEquity(b, account);
  if ((accounts.units[account] ?? NaN) > 0 && accounts.wipedOut[account] === 0 && before <= 0) {
    if (accounts.netFlow[account] !== 0) wipe(accounts, account);
  }
  for (const entry of ready) {
    const base = b.rates.convert(entry.pair, entry.amount);
    if (!isSafe((accounts[entry.field][account] ?? 0) + base)) {
      // No total may leave the safe integers: it goes on waiting, for a rate or a total that lets it.
      b.waiting.add(account, entry);
      continue;
    }
    bookEntry(b, account, entry, base, time);
    if (entry.field === 'netFlow') {
      unitize(accounts, account, before, base, b.options.dustMinor, time);
      before += base;
    }
    late(entry, base);
  }
  return bookedFigures(accounts, account).some((figure, i) => !Object.is(figure, figures[i]));
}

/** What a late booking may change of an account's figures, beside equity. */
function bookedFigures(a: Accounts, row: number): (number | undefined)[] {
  return [
    a.realized[row],
    a.fees[row],
    a.income[row],
    a.netFlow[row],
    a.nav[row],
    a.units[row],
    a.epoch[row],
  ];
}

/** A late booking that was recorded, made again as it was: it takes its entry from those that wait. Returns its holding. */
export function bookRecordedLate(
  b: BookParts,
  account: number,
  { late, bookings, time }: RecordedEffect,
): number {
  assert(late !== null);
  const { field, currency, amount } = late;
  const isIt = (e: WaitingEntry): boolean =>
    e.field === field && e.amount === amount && b.rates.currency(e.pair) === currency;
  const entry = b.waiting.takeOne(account, isIt);
  assert(entry !== null, 'what was booked late had waited');
  bookEntry(b, account, entry, bookings[0] ?? NaN, time);
  return entry.holding;
}

function bookEntry(b: BookParts, account: number, entry: WaitingEntry, base: number, time: number): void {
  bookBase(b, account, entry.field, base, entry.holding, Number.isNaN(entry.time) ? time : entry.time);
  if (entry.holding >= 0 && entry.field === 'fees') noteOtherFees(b, entry.holding, entry.pair, base);
}

/** The part of equity, in base, that is in currencies which had no rate before this tick. */
function newInEquity(b: BookParts, account: number): number {
  const { holdings, pockets, marking } = b;
  let sum = 0;
  for (let row = b.accounts.firstPocket[account] ?? -1; row >= 0; row = pockets.next[row] ?? -1) {
    if (marking.newlyRated.has(pockets.pair[row] ?? -1)) sum += pockets.cashBase[row] ?? 0;
  }
  for (let row = b.accounts.firstHolding[account] ?? -1; row >= 0; row = holdings.next[row] ?? -1) {
    const lane = holdings.laneOf(row);
    if (!lane.isForeign || !marking.newlyRated.has(lane.pair)) continue;
    sum += holdings.foreignOf(row)[foreignValue + (row % granuleRows)] ?? 0;
  }
  return sum;
}

/** What two amounts of one event booked in base: NaN only where all of it waits. */
export function bookedTogether(one: number, other: number): number {
  if (Number.isNaN(one)) return other;
  return Number.isNaN(other) ? one : one + other;
}

/** A flow buys its units at the nav just before it; where the past is recalled, its units are recalled instead. */
export function buyUnits(b: BookParts, account: number, before: number, flow: number, time: number): void {
  if (!b.recall.isOn) unitize(b.accounts, account, before, flow, b.options.dustMinor, time);
}

/** Before a flow: an account that performance has ruined is wiped out before it is funded again. */
export function wipeBeforeFlow(b: BookParts, account: number, pair: number): void {
  if (!b.recall.isOn && b.rates.hasRate(pair)) wipeIfRuined(b.accounts, account);
}
