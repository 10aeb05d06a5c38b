/** An account as `inspect` shows it. Money in minor units, nulls where a figure has no meaning yet. */

export interface PositionView {
  readonly symbol: string;
  readonly quantity: string;
  /** cost / (quantity x multiplier), 12 significant digits; "0" when flat. */
  readonly averageCost: string;
  readonly costBasis: number;
  readonly mark: string | null;
  readonly markTime: number | null;
  readonly marketValue: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly realizedPnlBase: number;
  readonly fees: number;
  readonly feesBase: number;
  readonly weight: number | null;
  readonly currency: string;
}

export interface AccountView {
  readonly accountId: string;
  readonly name: string;
  readonly tick: number;
  /** Milliseconds: the time of that tick. */
  readonly timestamp: number;
  readonly currency: string;
  readonly state: string;
  readonly sequence: number;
  readonly totalEquity: number;
  readonly cashBalance: number;
  readonly positionValue: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly fees: number;
  readonly netFlow: number;
  readonly income: number;
  readonly fxPnl: number;
  readonly dayChange: number;
  readonly dayChangePercent: number | null;
  readonly nav: number | null;
  readonly peakNav: number | null;
  readonly drawdown: number;
  readonly maxDrawdown: number;
  readonly maxDrawdownLife: number;
  readonly drawdownMoney: number;
  readonly underwaterSince: number | null;
  readonly epoch: number;
  readonly wipedOut: boolean;
  /** History was corrected, and nav, peak and drawdown wait for what follows from it. */
  readonly rebasePending: boolean;
  readonly units: number | null;
  readonly cash: Readonly<Record<string, number>>;
  readonly settledCash: number;
  readonly availableCash: number;
  readonly borrowed: number;
  /** When its session days end: IANA zone, and "17:00" there. */
  readonly timezone: string;
  readonly cutover: string;
  readonly dayOpenEquity: number;
  readonly dayNetFlow: number;
  readonly unpriced: readonly string[];
  readonly stale: readonly string[];
  readonly stateHash: string;
  readonly positions: readonly PositionView[];
}
