/**
 * What one ledger event did, as the ledger hands it out: the row of `effects`, from which settlements, cash flows and
 * position changes follow. Filled anew for every event from one reused object: who keeps it copies it.
 * Money in minor units; NaN where nothing was booked (no rate yet) or the figure has no meaning for the kind.
 */
import type { LateBooking, LedgerEvent } from './ledger-event.ts';

/** The books of an account: what is booked in one, in base. */
export type BookField = 'realized' | 'fees' | 'income' | 'netFlow';

export interface CashCrossing {
  readonly currency: string;
  /** Minor units: what it is then. */
  readonly cash: number;
}

export interface Effect {
  accountId: string;
  sequence: number;
  /** Place in an array message, 0 otherwise. */
  index: number;
  /** The time of the event, milliseconds (LEDGER's timestamp); NaN until the tick, where the tick gives the time. */
  time: number;
  event: LedgerEvent | LateBooking;
  /** Names and scales to write quantities and prices with. */
  symbol: string;
  priceScale: number;
  quantityScale: number;
  /** Signed, at quantityScale. */
  quantity: number;
  /** At priceScale. */
  price: number;
  feeQuantity: number;
  /** Currency in which cashEffect, realized and fees are. */
  currency: string;
  cashEffect: number;
  realized: number;
  /** In the account's base currency. */
  realizedBase: number;
  fees: number;
  feesBase: number;
  incomeBase: number;
  flowBase: number;
  /** Minor units of base per minor unit of `currency`; informative, the booked figures above are the record. */
  rate: number;
  /**
   * What was booked in base, amount by amount, in order; NaN: that one waits. Of a rebase the figures it came to. Reused,
   * like the effect.
   */
  readonly bookings: number[];
  /** Where the event took the account's cash in a currency below zero, or back, in order. Reused, like the effect. */
  readonly crossings: CashCrossing[];
  /** Of an event that is applied again as recorded: the tick that first told of it; NaN otherwise. */
  recordedTick: number;
  /** The event is applied again as recorded: its effect is in the effect log. */
  isRecalled: boolean;
  quantityBefore: number;
  quantityAfter: number;
  costBefore: number;
  costAfter: number;
  /** Realized P&L of the position after the event, cumulative. */
  positionRealized: number;
  equityBefore: number;
  navBefore: number;
  /** Units, nav and its epoch after the event; NaN before the first flow. */
  units: number;
  nav: number;
  epoch: number;
  state: string;
  /** Before an event of the account's life; '' for others. */
  stateBefore: string;
  /** Of an event of the account's life, or one that changed its state: how it is configured after it, JSON; '' of others. */
  settings: string;
}
