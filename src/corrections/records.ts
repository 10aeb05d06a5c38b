/**
 * What a walk over an account's past is fed with: effects as they were recorded, prices, and which of the events are
 * corrected. Money in minor units, quantities and prices at their instrument's scales, times in milliseconds; NaN where
 * the record says nothing. Knows neither tables nor how they are read.
 */
import type { EventArea } from '../domain/ledger-event.ts';

export interface EffectRecord {
  readonly sequence: number;
  readonly index: number;
  readonly time: number;
  /** As in the table `effects`. */
  readonly kind: string;
  readonly area: EventArea;
  readonly id: string;
  /** Of a void: the id of its target. */
  readonly of: string;
  /** NaN: when it was booked. */
  readonly effectiveAt: number;
  /** Id of the symbol, -1 for none. */
  readonly symbol: number;
  /** Signed. */
  readonly quantity: number;
  readonly price: number;
  readonly feeQuantity: number;
  readonly quantityBefore: number;
  readonly costBefore: number;
  readonly quantityAfter: number;
  readonly costAfter: number;
  readonly realized: number;
  /** Of the position, cumulative, after the event. */
  readonly positionRealized: number;
  /** Of `cashEffect` and `realized`. */
  readonly currency: string;
  readonly cashEffect: number;
  readonly fee: number;
  readonly feeCurrency: string;
  /** What a late booking booked, signed. */
  readonly amount: number;
  readonly toCurrency: string;
  readonly toAmount: number;
  /** In the account's base currency. */
  readonly realizedBase: number;
  readonly feesBase: number;
  readonly incomeBase: number;
  readonly flowBase: number;
  readonly equityBefore: number;
  /** What a minor unit of `currency` was in base. */
  readonly rate: number;
  /** NaN before the first flow, 0 after ruin. */
  readonly navBefore: number;
  /** After the event. */
  readonly nav: number;
  readonly units: number;
  /** Positions that were open after the event. */
  readonly openPositions: number;
}

export interface PriceRecord {
  readonly symbol: number;
  readonly ts: number;
  readonly tick: number;
  readonly mid: number;
  readonly bid: number;
  readonly ask: number;
}

export interface Corrections {
  /** Keys of events that were voided. */
  readonly voided: ReadonlySet<string>;
  /** Flows that took effect before they were booked and were not voided, by `effectiveAt`. */
  readonly backdated: readonly EffectRecord[];
}

export function keyOf(area: EventArea, id: string): string {
  return `${area}.${id}`;
}

/** Whether it changed what was before it: a void, or a flow dated back. */
export function isBackdated({ effectiveAt, time }: EffectRecord): boolean {
  return effectiveAt < time;
}
