/**
 * The equity of an account after a tick, as the ledger hands it out. Filled anew for every account from one reused
 * object: who keeps it copies it. Money: minor units of `currency`; ratios: doubles, NaN where the wire says null.
 */
export interface EquityUpdate {
  accountId: string;
  currency: string;
  /** Milliseconds; never goes back. */
  tick: number;
  timestamp: number;
  totalEquity: number;
  cashBalance: number;
  positionValue: number;
  unrealizedPnl: number;
  realizedPnl: number;
  fees: number;
  income: number;
  netFlow: number;
  dayChange: number;
  dayChangePercent: number;
  nav: number;
  peakNav: number;
  drawdown: number;
  maxDrawdown: number;
  state: string;
  /** LEDGER sequence last seen for the account. */
  sequence: number;
}

/** A row of the curve: the update at the end of a period, and what only the curve keeps. */
export interface CurveRow extends EquityUpdate {
  /** Session day, YYYY-MM-DD. */
  sessionDate: string;
  epoch: number;
  /** Extremes of nav within the period, tick by tick. */
  navLow: number;
  navHigh: number;
  /** Worst drawdown within the period against the running peak. */
  worstDrawdown: number;
  units: number;
  maxDrawdownLife: number;
  dayOpenEquity: number;
  dayOpenNav: number;
  dayNetFlow: number;
  /** Peak of total equity - net flow: what drawdown in money is measured from. */
  peakProfit: number;
  wipedOut: boolean;
  /** When the peak was reached, milliseconds; NaN before the first flow. */
  peakTime: number;
  /** LEDGER sequence of the last rebase applied to the account, 0 for none. */
  rebase: number;
}
