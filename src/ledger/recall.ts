/**
 * Recall: applying a ledger again as it was valued the first time. The effects of an event were recorded with it; its
 * figures in base, its units and nav are taken from there, and the performance between events from the curve's last row.
 */
import type { RecordedCurve, RecordedEffect } from '../domain/recorded.ts';
import type { BookParts } from './book-parts.ts';
import { bookLate } from './booking.ts';
import { wipe } from './performance.ts';
import type { BookField } from './waiting.ts';

export interface RecallSource {
  /** The recorded effect of an element of a message; null where none was recorded. */
  effect(sequence: number, index: number): RecordedEffect | null;
  /** Late bookings of the account made after the message and before the account's next one, in order. */
  late(account: string, sequence: number): readonly RecordedEffect[];
}

export class Recall {
  /** Where recorded effects come from; null once the past is applied. */
  source: RecallSource | null = null;
  /** Curves by account id, not yet put in force. */
  readonly curves = new Map<string, RecordedCurve>();
  /** By account row: LEDGER sequence that the curve row put in force includes. */
  readonly emitted = new Map<number, number>();
  private left: Record<BookField, number> | null = null;
  /** Pair in which the event's realized P&L waited, -1 for none. */
  private waitingPair = -1;
  private hasTakenFees = false;

  /** Whether the event that is being applied is applied as recorded. */
  get isOn(): boolean {
    return this.left !== null;
  }

  /** Sets the recorded effect of the event that comes next; null where it is valued now. */
  use(recorded: RecordedEffect | null): void {
    this.left = recorded === null ? null : figuresOf(recorded);
    this.waitingPair = -1;
    this.hasTakenFees = false;
  }

  /**
   * What the event booked in base of `amount` in the pair's currency; NaN: it waited for a rate. An effect has one
   * figure a field, the sum of what was booked; of two amounts under it either may have waited.
   */
  take(field: BookField, amount: number, pair: number, isIdentity: boolean): number {
    const { left } = this;
    if (left === null) return 0;
    const recorded = left[field];
    if (field === 'realized') this.waitingPair = Number.isNaN(recorded) ? pair : -1;
    if (field === 'netFlow') {
      // Of the two legs of a conversion that was a flow at least one waited; the figure has the other one's sign.
      if (recorded * amount < 0) return NaN;
      left.netFlow = NaN;
    } else if (field === 'fees' && !this.hasTakenFees) {
      if (pair === this.waitingPair || Number.isNaN(recorded)) return NaN;
      this.hasTakenFees = true;
      // In base already, so its share is known: what is left is the other fee's, and where nothing is, that one waited.
      const hasShare = isIdentity && recorded !== amount;
      left.fees = hasShare ? recorded - amount : isIdentity ? NaN : 0;
      if (hasShare) return amount;
    }
    return recorded;
  }

  /** Whether the event was a flow when it happened; a conversion between two currencies that had rates was none. */
  get isFlow(): boolean {
    return this.left?.netFlow !== 0;
  }
}

/** The figures in base that an effect recorded. */
export function figuresOf(recorded: RecordedEffect): Record<BookField, number> {
  return {
    realized: recorded.realizedBase,
    fees: recorded.feesBase,
    income: recorded.incomeBase,
    netFlow: recorded.flowBase,
  };
}

/** After an event was applied with its recorded effect: units and nav as they were. */
export function recallUnits(b: BookParts, account: number, recorded: RecordedEffect): void {
  const { accounts } = b;
  if (Number.isNaN(recorded.units)) return;
  if (Number.isNaN(accounts.units[account]) || recorded.epoch !== accounts.epoch[account]) {
    // An epoch follows only on ruin.
    if (recorded.epoch > (accounts.epoch[account] ?? 1)) accounts.maxDrawdownLife[account] = -1;
    // Units began: as many as equity had minor units, at a nav of 1.
    accounts.peakNav[account] = recorded.nav;
    accounts.peakProfit[account] = recorded.units - (accounts.netFlow[account] ?? 0);
    accounts.drawdown[account] = accounts.maxDrawdown[account] = 0;
    accounts.dayOpenNav[account] = accounts.tickNav[account] = 1;
  }
  accounts.units[account] = recorded.units;
  accounts.nav[account] = recorded.nav;
  accounts.epoch[account] = recorded.epoch;
  if (recorded.nav === 0 && recorded.units > 0) wipe(accounts, account);
  else accounts.wipedOut[account] = 0;
}

/** A late booking as it was made: it takes its entry from those that wait. */
export function recallLate(b: BookParts, account: number, recorded: RecordedEffect): void {
  bookLate(b, account, figuresOf(recorded), recorded);
  recallUnits(b, account, recorded);
}

/** The account's performance and day as its curve's last row has them. */
export function recallCurve(b: BookParts, account: number, curve: RecordedCurve): void {
  const a = b.accounts;
  a.epoch[account] = curve.epoch;
  a.units[account] = curve.units;
  a.nav[account] = curve.nav;
  a.peakNav[account] = curve.peakNav;
  a.drawdown[account] = curve.drawdown;
  a.maxDrawdown[account] = curve.maxDrawdown;
  a.maxDrawdownLife[account] = curve.maxDrawdownLife;
  a.wipedOut[account] = curve.wipedOut ? 1 : 0;
  a.peakTime[account] = curve.peakTime;
  a.peakProfit[account] = curve.peakProfit;
  a.dayOpenEquity[account] = curve.dayOpenEquity;
  a.dayOpenNav[account] = curve.dayOpenNav;
  a.dayNetFlow[account] = curve.dayNetFlow;
  a.tickEquity[account] = curve.totalEquity;
  a.tickCash[account] = curve.cashBalance;
  a.tickUnrealized[account] = curve.unrealizedPnl;
  a.tickNetFlow[account] = curve.netFlow;
  a.tickNav[account] = curve.nav;
  b.sessions.begin(account, curve.time);
}
