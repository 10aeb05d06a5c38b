/**
 * What durable frames say about the past: how an event was valued when it happened, and where an account's curve
 * stood. A restart uses it instead of inventing the figures anew at today's prices.
 */

/** The effect of one element of a ledger message, or of a late booking. Money in base, minor units; NaN: it waited. */
export interface RecordedEffect {
  readonly isLate: boolean;
  readonly realizedBase: number;
  readonly feesBase: number;
  readonly incomeBase: number;
  readonly flowBase: number;
  /** A late booking only: the currency and the amount that waited. */
  readonly currency: string;
  readonly amount: number;
  /** After the event; NaN before the first flow. */
  readonly units: number;
  readonly nav: number;
  readonly epoch: number;
}

/** The last row of an account's curve. */
export interface RecordedCurve {
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

/** The last mark of a symbol. Decimals as text, at whatever scale they were written with. */
export interface RecordedPrice {
  readonly symbol: string;
  readonly price: string;
  readonly bid: string;
  readonly ask: string;
  /** Milliseconds, as the market said; NaN where a settlement's price stood in. */
  readonly time: number;
}
