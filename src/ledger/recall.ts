/**
 * Recall: applying a ledger again as it was valued the first time. The effects of an event were recorded with it; its
 * figures in base, its units and nav are taken from there, and the performance between events from the curve's last row.
 */
import type { RecordedCurve, RecordedEffect } from '../domain/recorded.ts';
import type { BookParts } from './book-parts.ts';
import { bookLate } from './booking.ts';
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
  private left: Record<BookField, number> | null = null;

  /** Whether the event that is being applied is applied as recorded. */
  get isOn(): boolean {
    return this.left !== null;
  }

  /** Sets the recorded effect of the event that comes next; null where it is valued now. */
  use(recorded: RecordedEffect | null): void {
    this.left = recorded === null ? null : figuresOf(recorded);
  }

  /** The recorded figure of the event, once: an event that books a field twice recorded the sum. NaN: it waited. */
  take(field: BookField): number {
    const amount = this.left?.[field] ?? 0;
    if (this.left !== null && !Number.isNaN(amount)) this.left[field] = 0;
    return amount;
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
    accounts.peakNav[account] = recorded.nav;
    accounts.maxDrawdown[account] = 0;
  }
  accounts.units[account] = recorded.units;
  accounts.nav[account] = recorded.nav;
  accounts.epoch[account] = recorded.epoch;
  accounts.wipedOut[account] = recorded.nav === 0 && recorded.units > 0 ? 1 : 0;
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
