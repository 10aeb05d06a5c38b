/**
 * What an account has in no book in base, because it has no rate: followed through the effect log, event by event, late
 * booking by late booking, void by void. Knows no rates.
 */
import type { Fact } from '../support/oracle/books.ts';
import type { EffectAudit } from './effect-audit.ts';
import type { ExpectedAccount, Undone } from './expected-account.ts';
import type { ExpectedLedger } from './expected-ledger.ts';
import type { LocalBooking } from './local-bookings.ts';
import { localBookings } from './local-bookings.ts';
import { fail } from './simulation-failure.ts';

interface Waiting extends LocalBooking {
  /** '' of a cash event. */
  readonly symbol: string;
}

export function waitingOf(
  account: ExpectedAccount,
  audit: EffectAudit,
  expected: ExpectedLedger,
): readonly LocalBooking[] {
  const waiting: Waiting[] = [];
  const { market } = expected;
  const replace = (was: Waiting, is: bigint | null): boolean => {
    const at = waiting.findIndex((each) => isSame(each, was) && each.symbol === was.symbol);
    if (at < 0) return false;
    if (is === null) waiting.splice(at, 1);
    else waiting[at] = { ...was, amount: is };
    return true;
  };
  const undo = ({ target, realized }: Undone): void => {
    const symbol = symbolOf(target.fact);
    bookedOf(target.fact, 0n).forEach((local, place) => {
      if (local.field === 'realized' || !isUnbooked(target, place)) return;
      replace({ ...local, symbol }, null);
    });
    for (const { entry, was, is } of realized) {
      if (!isUnbooked(entry, 0)) continue;
      const { currency } = market.instrument(symbol);
      replace({ field: 'realized', currency, amount: was, symbol }, entry === target ? null : is);
    }
  };
  const bookedOf = (fact: Fact, realized: bigint): LocalBooking[] => localBookings(fact, realized, market);
  const isUnbooked = ({ element }: { element: { sequence: number; index: number } }, place: number) =>
    Number.isNaN(audit.records.get(`${element.sequence}:${element.index}`)?.bookings[place]);
  const entryOf = new Map(account.entries.map((entry) => [entry.element, entry]));
  for (const { effect } of audit.accounts.get(account.id)?.entries ?? []) {
    if (effect.late !== null) {
      const { field, currency } = effect.late;
      const booked: LocalBooking = { field, currency, amount: BigInt(effect.late.amount) };
      const at = waiting.findIndex((each) => isSame(each, booked));
      if (at < 0) fail(`${field} of ${booked.amount} ${currency} of ${account.id} is booked late too often`);
      waiting.splice(at, 1);
      continue;
    }
    const element = expected.elements[effect.sequence]?.[effect.index];
    if (element?.undone) undo(element.undone);
    const entry = element && entryOf.get(element);
    if (entry === undefined) continue;
    if (!effect.bookings.some(Number.isNaN)) continue;
    const local = bookedOf(entry.fact, account.realizedThen(entry));
    effect.bookings.forEach((base, place) => {
      if (Number.isNaN(base)) waiting.push({ ...local[place]!, symbol: symbolOf(entry.fact) });
    });
  }
  return waiting;
}

function isSame(a: LocalBooking, b: LocalBooking): boolean {
  return a.field === b.field && a.currency === b.currency && a.amount === b.amount;
}

function symbolOf(fact: Fact): string {
  return fact.kind === 'trade' ? fact.symbol : '';
}
