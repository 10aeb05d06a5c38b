/** What the gateway answers, as far as the page shows it. Money: integers of minor units of `currency`. */

export interface Figures {
  readonly tick: number;
  readonly timestamp: number;
  readonly total_equity: number;
  readonly cash_balance: number;
  readonly position_value: number;
  readonly unrealized_pnl: number;
  readonly realized_pnl: number;
  readonly fees: number;
  readonly net_flow: number;
  readonly day_change: number;
  /** Percent. */
  readonly day_change_percent: number | null;
  readonly nav: number | null;
  readonly drawdown: number | null;
  readonly max_drawdown: number | null;
  readonly currency: string;
  readonly state: string;
  /** Of the ledger: the figures include everything up to it. */
  readonly sequence: number;
}

export interface Position {
  readonly symbol: string;
  readonly quantity: string;
  readonly average_cost: string | null;
  readonly mark: string | null;
  readonly mark_ts: number | null;
  readonly market_value: number;
  readonly unrealized_pnl: number;
  readonly realized_pnl: number;
  readonly weight: number | null;
  /** Of the figures of the position. */
  readonly currency: string;
}

/** One of the list: an account without its positions. */
export interface Listed extends Figures {
  readonly account_id: string;
  readonly name?: string;
}

/** An account as the page has it, whatever told it. */
export interface Account extends Figures {
  readonly id: string;
  readonly name: string;
}

export interface Detail extends Listed {
  readonly cash: Readonly<Record<string, number>>;
  readonly income: number;
  readonly fx_pnl: number;
  readonly available_cash: number;
  readonly borrowed: number;
  readonly rebase_pending: boolean;
  readonly timezone: string;
  readonly cutover: string;
  readonly unpriced: readonly string[];
  readonly stale: readonly string[];
  readonly positions: readonly Position[];
}

/** Times are ISO 8601. */
export interface HistoryPoint {
  readonly ts: string;
  readonly total_equity: number;
  readonly nav: number | null;
  readonly net_flow: number;
  readonly drawdown: number | null;
}

export interface Episode {
  readonly peak_ts: string;
  readonly trough_ts: string;
  readonly recovery_ts: string | null;
  readonly depth: number;
  readonly length_seconds: number;
}

export interface Flow {
  readonly ts: string;
  readonly booked_ts: string;
  readonly kind: string;
  readonly amount: number;
}

export interface Mark {
  readonly ts: string;
  readonly price: string;
}

export interface Alert {
  readonly alert_id: string;
  readonly kind: string;
  /** `_`: the system. */
  readonly account_id: string;
  readonly state: 'raised' | 'cleared';
  readonly severity: string;
  readonly message: string;
  readonly raised_at: number;
}

/** An order. */
export interface CashFlow {
  readonly transaction_type: 'deposit' | 'withdrawal';
  /** A session day. */
  readonly transaction_date: string;
  /** Currency units, as text: no digit is lost. */
  readonly amount: string;
  readonly notes?: string;
}

export interface Health {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly parts: {
    readonly engine: { readonly state: string };
    readonly clickhouse: { readonly state: string };
    readonly sink: { readonly lag: number | null };
  };
}
