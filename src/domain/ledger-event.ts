/**
 * Events of the ledger as the core sees them: decoded, well-formed, not yet judged. Decimals stay exact values, since
 * whether they fit a scale is judged later than whether the event is a duplicate.
 */
import type { Decimal } from './decimal.ts';
import type { BookField } from './effect.ts';
import type { Rejected } from './rejection.ts';

export interface Settlement {
  readonly kind: 'fill' | 'transfer';
  readonly id: string;
  /** Symbol id. */
  readonly symbol: number;
  /** +1 buy or in, -1 sell or out. */
  readonly direction: 1 | -1;
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** Minor units of `feeCurrency`; negative is a rebate. */
  readonly fee: number;
  /** '' is the instrument's currency. */
  readonly feeCurrency: string;
  readonly feeQuantity: Decimal | null;
  readonly source: string;
  /** The source's own sequence; NaN if it gives none. */
  readonly sourceSequence: number;
  /** Milliseconds; only recorded. NaN if absent. */
  readonly ts: number;
}

export const cashKinds = ['deposit', 'withdrawal', 'fee', 'dividend', 'interest', 'conversion'] as const;
export type CashKind = (typeof cashKinds)[number];

export interface CashEvent {
  readonly kind: CashKind;
  readonly id: string;
  /** Minor units of `currency`. */
  readonly amount: number;
  /** '' is the account's base currency. */
  readonly currency: string;
  /** Conversion only; '' otherwise. */
  readonly toCurrency: string;
  readonly toAmount: number;
  /** What paid the dividend, '' if nothing is said. */
  readonly symbol: string;
  /** Milliseconds; NaN if absent, or where `effectiveOn` says it. */
  readonly effectiveAt: number;
  /** A session day of the account, YYYY-MM-DD, which its calendar makes a time of; '' if absent. */
  readonly effectiveOn: string;
  readonly notes: string;
  readonly ts: number;
}

/** The subjects whose events have ids, each an id space of its own. */
export type EventArea = 'settlements' | 'cash';

/** Undoes an earlier event of its area. It edits nothing: the account's books become what they are without the target. */
export interface VoidEvent {
  readonly kind: 'void';
  readonly area: EventArea;
  readonly id: string;
  /** Id of the event to undo. */
  readonly of: string;
  readonly ts: number;
}

export const adminKinds = ['open', 'configure', 'suspend', 'resume', 'close'] as const;
export type AdminKind = (typeof adminKinds)[number];

export interface AdminEvent {
  readonly kind: AdminKind;
  readonly name: string | null;
  readonly baseCurrency: string | null;
  readonly timezone: string | null;
  /** Minutes after local midnight. */
  readonly cutoverMinutes: number | null;
  /** account_type, benchmark, calendar, margin_model, limits: kept for who asks; the ledger has no use for them yet. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ts: number;
}

/**
 * What a correction of history makes of an account's units, nav, peak and drawdown: computed from rows by whoever keeps
 * them, written to the ledger so that the account has it at its place. Ratios are in the corrected scale; NaN is none.
 *
 * From the last correction's event on, cash and equity are the same in both readings, so that corrected units are
 * recorded ones x `unitsFactor` for ever after, whatever flows come between: a rebase computed a second ago applies now.
 */
export interface RebaseEvent {
  readonly kind: 'rebase';
  /** `rebase-<of>`: a second one of the same correction is a duplicate, whatever it says. */
  readonly id: string;
  /** LEDGER sequence of the last correction that it covers. */
  readonly of: number;
  /** Milliseconds: where history changes. */
  readonly from: number;
  /**
   * Milliseconds: time of the last row that it was computed from. Every row made before that correction must be among
   * them; later ones may be: what the account saw since the correction it remembers itself.
   */
  readonly through: number;
  /** Units corrected / recorded, both at `through`, after the correction; NaN where there is no such ratio. */
  readonly unitsFactor: number;
  /** Corrected, at `through`: NaN where there was no flow. */
  readonly units: number;
  readonly nav: number;
  readonly epoch: number;
  readonly wipedOut: boolean;
  readonly peakNav: number;
  /** Milliseconds. */
  readonly peakTime: number;
  /** Of the epoch, and of the account's life: 0 or below. */
  readonly maxDrawdown: number;
  readonly maxDrawdownLife: number;
  /** Peak of total equity - net flow, minor units of the base currency. */
  readonly peakProfit: number;
  /** Of the session day that `through` lies in; the equity in minor units. */
  readonly dayOpenNav: number;
  readonly dayOpenEquity: number;
  readonly ts: number;
}

/** Corporate actions join this union with their issue. */
export type LedgerEvent = Settlement | CashEvent | VoidEvent | AdminEvent | RebaseEvent;

/**
 * Not an event of the ledger but an effect of a tick: what an earlier event booked in a currency without a rate is now
 * booked in base, in one of the figures `realizedBase`, `feesBase`, `incomeBase`, `flowBase` of its effect.
 */
export interface LateBooking {
  readonly kind: 'booked';
  readonly field: BookField;
  /** Minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
}

/** One message of the stream LEDGER. An array is one message; its elements are judged one by one, by index. */
export interface LedgerMessage {
  /** Stream sequence. */
  readonly sequence: number;
  /** The stream's timestamp, milliseconds: the time of its events. */
  readonly time: number;
  readonly subject: string;
  /** '' when the subject names none. */
  readonly account: string;
  readonly items: readonly (LedgerEvent | Rejected)[];
  /** Whole, as it came: a dead letter keeps it. */
  readonly payload: Uint8Array;
}

export function isRejected(item: LedgerEvent | Rejected): item is Rejected {
  return item.kind === 'rejected';
}
