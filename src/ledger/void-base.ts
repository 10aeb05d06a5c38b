/**
 * What a void takes back in the account's base currency. What was booked at some rate is taken back as it was booked,
 * whatever the rate is now; what a later sale realizes without the voided fill is booked at the rate of that sale.
 */
import type { BookField } from '../domain/effect.ts';
import type { RecordedEffect } from '../domain/recorded.ts';
import { powerOfTen, roundHalfEven, safeNumber } from '../domain/rounding.ts';
import type { BookParts } from './book-parts.ts';
import type { RealizedChange } from './fill-log.ts';
import type { WaitingEntry } from './waiting.ts';

/** What an event booked in one book, in its currency. */
export interface Booking {
  readonly field: BookField;
  readonly pair: number;
  /** Minor units of the pair's first currency. */
  readonly amount: number;
}

/** The order in which a void's effect has what it booked in base. */
export const baseFields = ['realized', 'fees', 'income', 'netFlow'] as const satisfies readonly BookField[];

export class BaseReckoning {
  /** What the void books in base. */
  readonly booked: Record<BookField, number> = { realized: 0, fees: 0, income: 0, netFlow: 0 };
  /** What waits for a rate afterwards. A copy: nothing changes before everything is judged. */
  readonly waiting: WaitingEntry[];
  private readonly b: BookParts;
  private readonly holding: number;

  constructor(b: BookParts, account: number, holding: number) {
    this.b = b;
    this.holding = holding;
    this.waiting = [...b.waiting.of(account)];
  }

  /** Takes back what an event booked; `recorded` is what it came to in base, undefined where nobody knows. */
  takeBack({ field, pair, amount }: Booking, recorded: number | undefined): void {
    const { rates } = this.b;
    if (rates.isIdentity(pair)) this.booked[field] -= amount;
    else if (recorded !== undefined && !Number.isNaN(recorded)) this.booked[field] -= recorded;
    else if (!this.replaceWaiting(field, pair, amount, null)) this.booked[field] -= this.today(pair, amount);
  }

  /** A fill realizes something else than it did. */
  changeRealized(pair: number, fill: RealizedChange, record: RecordedEffect | null, isTarget: boolean): void {
    const { booked, b } = this;
    if (b.rates.isIdentity(pair)) {
      booked.realized += fill.is - fill.was;
      return;
    }
    const recorded = record?.bookings[0];
    if (record !== null && recorded !== undefined && !Number.isNaN(recorded)) {
      // As recorded, unless an earlier void has changed it since: then it was booked at the recorded rate.
      const atRate = (amount: number): number =>
        amount === fill.applied ? recorded : convertAt(amount, record.rate);
      const change = (isTarget ? 0 : atRate(fill.is)) - atRate(fill.was);
      booked.realized += Number.isNaN(change) ? this.today(pair, fill.is - fill.was) : change;
      return;
    }
    const isWaiting = this.replaceWaiting('realized', pair, fill.was, isTarget ? null : fill.is);
    if (!isWaiting) booked.realized += this.today(pair, fill.is - fill.was);
  }

  /** What waits for its rate is not booked yet: there it becomes `amount`, or with null goes. */
  private replaceWaiting(field: BookField, pair: number, was: number, amount: number | null): boolean {
    const at = this.waiting.findIndex(
      (entry) =>
        entry.field === field &&
        entry.pair === pair &&
        entry.amount === was &&
        (field === 'netFlow' || entry.holding === this.holding),
    );
    const entry = this.waiting[at];
    if (entry === undefined) return false;
    if (amount === null) this.waiting.splice(at, 1);
    else this.waiting[at] = { ...entry, amount };
    return true;
  }

  /** Where nothing tells at which rate it was booked. Without a rate it stays in base, and shows in `fx_pnl`. */
  private today(pair: number, amount: number): number {
    return this.b.rates.hasRate(pair) ? this.b.rates.convert(pair, amount) : 0;
  }
}

/** amount x rate, the rate taken at its shortest decimal: 100 at 1.105 is 110 (110.5, half to even). NaN: unknown. */
export function convertAt(amount: number, rate: number): number {
  if (amount === 0) return 0;
  if (!Number.isFinite(rate)) return NaN;
  const [mantissa = '', exponent = '0'] = rate.toString().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const product = BigInt(amount) * BigInt(whole + fraction);
  return safeNumber(scale >= 0 ? roundHalfEven(product, powerOfTen(scale)) : product * powerOfTen(0 - scale));
}
