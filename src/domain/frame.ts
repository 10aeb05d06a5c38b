/**
 * A frame: rows of one table that reach ClickHouse as exactly one insert. The engine writes frames to the stream
 * FRAMES, the sink reads them. See docs/architecture.md. Knows nothing of NATS or of ClickHouse.
 */

/** Tables that frames feed directly; the others are materialized views over `effects`. */
export type FrameTable = 'effects' | 'equity_curve' | 'prices' | 'dead_letters' | 'instrument_changes';

/** What an owner writes first, without rows: frames of a former owner behind it are nobody's. */
export const fenceTable = 'fence';

export interface Frame {
  /** Unique for ever; the insert deduplication token. */
  readonly name: string;
  readonly table: FrameTable;
  /** Rows in the body. */
  readonly rows: number;
  /** JSONCompactEachRow, columns in the order of `frameColumns[table]`. */
  readonly body: Uint8Array;
}

/** Column order of a frame's rows. Types are in src/analytics/migrations. Money: Int64 minor units. */
export const frameColumns = {
  effects: [
    'account_id',
    'sequence',
    'idx',
    'kind',
    'id',
    'ts',
    'event_ts',
    'effective_at',
    'source',
    'symbol',
    'side',
    'quantity',
    'price',
    'amount',
    'currency',
    'to_currency',
    'to_amount',
    'fee',
    'fee_currency',
    'fee_quantity',
    'notes',
    'cash_effect',
    'realized',
    'realized_base',
    'fees',
    'fees_base',
    'income_base',
    'flow_base',
    'rate',
    'quantity_before',
    'quantity_after',
    'cost_before',
    'cost_after',
    'position_realized',
    'equity_before',
    'nav_before',
    'units',
    'nav',
    'epoch',
    'state',
    'reason',
    'detail',
    'subject',
    'payload',
    'tick',
  ],
  equity_curve: [
    'account_id',
    'session_date',
    'ts',
    'tick',
    'total_equity',
    'cash_balance',
    'position_value',
    'unrealized_pnl',
    'realized_pnl',
    'fees',
    'income',
    'net_flow',
    'day_change',
    'day_change_percent',
    'epoch',
    'nav',
    'nav_low',
    'nav_high',
    'worst_drawdown',
    'drawdown',
    'sequence',
    'units',
    'peak_nav',
    'max_drawdown',
    'max_drawdown_life',
    'day_open_equity',
    'day_open_nav',
    'day_net_flow',
    'peak_profit',
    'wiped_out',
    'peak_ts',
    'rebase',
  ],
  prices: ['symbol', 'ts', 'price', 'bid', 'ask', 'tick', 'market_ts'],
  dead_letters: [
    'id',
    'ts',
    'stream',
    'subject',
    'sequence',
    'idx',
    'account_id',
    'reason',
    'detail',
    'payload',
  ],
  instrument_changes: [
    'symbol',
    'ts',
    'currency',
    'exponent',
    'price_scale',
    'quantity_scale',
    'multiplier',
    'style',
    'sector',
    'geography',
    'asset_class',
    'initial_margin_rate',
    'maintenance_margin_rate',
  ],
} as const satisfies Record<FrameTable, readonly string[]>;
