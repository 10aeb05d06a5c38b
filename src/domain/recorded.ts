/**
 * What durable frames say about the past: how an event was valued when it happened, and where an account's curve
 * stood. A restart uses it instead of inventing the figures anew at today's prices.
 */
import type { BookField } from './effect.ts';

/** The effect of one element of a ledger message, or of a late booking. Money in base, minor units. */
export interface RecordedEffect {
  readonly account: string;
  /** LEDGER sequence of the message; of a late booking, the account's last one at that time. */
  readonly sequence: number;
  readonly index: number;
  /**
   * What the event booked in base, in the order in which it booked it; NaN: that one waits for a rate. Of a rebase what
   * it made of units, peaks and falls (apply-rebase.ts).
   */
  readonly bookings: readonly number[];
  /** null for an event; else which entry that waited was booked at a tick, its one booking being in `bookings`. */
  readonly late: { readonly field: BookField; readonly currency: string; readonly amount: number } | null;
  readonly rate: number;
  readonly equityBefore: number;
  readonly navBefore: number;
  /** After the event; NaN before the first flow. */
  readonly units: number;
  readonly nav: number;
  readonly epoch: number;
  /** Of the tick that told of it; NaN where none was sealed before the record was written. */
  readonly tick: number;
  readonly time: number;
}

/** The last row of an account's curve. */
export interface RecordedCurve {
  /** YYYY-MM-DD: of the session that was open, which a clock that was set back does not open again. */
  readonly sessionDate: string;
  readonly sequence: number;
  readonly tick: number;
  readonly time: number;
  readonly totalEquity: number;
  readonly cashBalance: number;
  readonly unrealizedPnl: number;
  readonly netFlow: number;
  readonly epoch: number;
  readonly units: number;
  readonly nav: number;
  readonly peakNav: number;
  readonly drawdown: number;
  readonly maxDrawdown: number;
  readonly maxDrawdownLife: number;
  readonly dayOpenEquity: number;
  readonly dayOpenNav: number;
  readonly dayNetFlow: number;
  readonly peakProfit: number;
  readonly wipedOut: boolean;
  readonly peakTime: number;
}

/** Last rows of curves by account id, as a Map is one; perhaps each made when it is asked for. */
export interface RecordedCurves extends Iterable<readonly [string, RecordedCurve]> {
  readonly size: number;
}

/** A row of the curve, as far as it tells of its period's ticks. */
export interface RecordedPeriod {
  readonly account: string;
  readonly sequence: number;
  /** Of the period's last tick; time in milliseconds. */
  readonly tick: number;
  readonly time: number;
  readonly epoch: number;
  readonly navLow: number;
  readonly navHigh: number;
  readonly worstDrawdown: number;
  /** Total equity - net flow at the period's end, minor units. */
  readonly profit: number;
}

/** The last mark of a symbol. Decimals as text, at whatever scale they were written with. */
export interface RecordedPrice {
  readonly symbol: string;
  readonly price: string;
  readonly bid: string;
  readonly ask: string;
  /** Milliseconds, as the market said; NaN where a settlement's price stood in. */
  readonly time: number;
}

/** The form in which this version keeps accounts and checkpoints: what another one wrote, it may not read. */
export const changelogFormat = 2;

/** How far everything that was durable had come when it was written down. Recovery begins here. */
export interface Checkpoint {
  /** Of the changelog: what one version writes another may not read. */
  readonly format: number;
  /** When LEDGER was created, as its server says: another stream of that name is another ledger. */
  readonly ledgerCreated: string;
  readonly partitions: number;
  /** M: every account that an event up to this LEDGER sequence changed is in the changelog. */
  readonly sequence: number;
  /** Position in the effect log from which effects of later events, and later bookings, are found. */
  readonly effectsFrom: number;
  /** Position in FRAMES from which rows of the curve are newer than some account's state in the changelog. */
  readonly framesFrom: number;
  /** No tick above this was given out. */
  readonly tickCeiling: number;
  /** Accounts that take no events: their states go no further than they say, whatever `sequence` is. */
  readonly held: readonly string[];
}

/** What tells a late booking's row: two that are alike are two. */
export interface FramedLate {
  readonly account: string;
  readonly sequence: number;
  readonly tick: number;
  readonly currency: string;
  readonly amount: number;
}

/** Which rows of effects are looked for in frames one by one, since no name of a frame says that it has them. */
export interface SoughtRows {
  /** Late bookings: whether they are will be asked. */
  readonly late: boolean;
  /** Events that were recorded behind later ones, `<sequence>:<index>`. */
  readonly strays: ReadonlySet<string>;
}
