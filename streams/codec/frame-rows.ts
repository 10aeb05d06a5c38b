/** Rows of a frame read back: by column name, for a restart. Writing them is the row encoders' business. */
import type { RecordedCurve, RecordedEffect, RecordedPrice } from '../../src/domain/recorded.ts';

const decoder = new TextDecoder();

export class FrameRow {
  private readonly places: ReadonlyMap<string, number>;
  private readonly values: readonly unknown[];

  constructor(places: ReadonlyMap<string, number>, values: readonly unknown[]) {
    this.places = places;
    this.values = values;
  }

  text(column: string): string {
    const value = this.value(column);
    return typeof value === 'string'
      ? value
      : typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : '';
  }

  /** NaN where the row says null or has no such column. */
  number(column: string): number {
    const value = this.value(column);
    return value === null || value === undefined ? NaN : Number(value);
  }

  private value(column: string): unknown {
    return this.values[this.places.get(column) ?? -1];
  }
}

/** Rows of JSONCompactEachRow in the order of `columns`. */
export function* rowsOf(columns: readonly string[], body: Uint8Array): Generator<FrameRow> {
  const places = new Map(columns.map((name, at) => [name, at]));
  for (const line of decoder.decode(body).split('\n')) {
    if (line !== '') yield new FrameRow(places, JSON.parse(line) as unknown[]);
  }
}

export function effectOf(row: FrameRow): RecordedEffect {
  return {
    isLate: row.text('kind') === 'booked',
    realizedBase: row.number('realized_base'),
    feesBase: row.number('fees_base'),
    incomeBase: row.number('income_base'),
    flowBase: row.number('flow_base'),
    currency: row.text('currency'),
    amount: row.number('amount'),
    units: row.number('units'),
    nav: row.number('nav'),
    epoch: row.number('epoch'),
  };
}

export function curveOf(row: FrameRow): RecordedCurve {
  return {
    sequence: row.number('sequence'),
    tick: row.number('tick'),
    time: row.number('ts'),
    totalEquity: row.number('total_equity'),
    cashBalance: row.number('cash_balance'),
    unrealizedPnl: row.number('unrealized_pnl'),
    netFlow: row.number('net_flow'),
    epoch: row.number('epoch'),
    units: row.number('units'),
    nav: row.number('nav'),
    peakNav: row.number('peak_nav'),
    drawdown: row.number('drawdown'),
    maxDrawdown: row.number('max_drawdown'),
    maxDrawdownLife: row.number('max_drawdown_life'),
    dayOpenEquity: row.number('day_open_equity'),
    dayOpenNav: row.number('day_open_nav'),
    dayNetFlow: row.number('day_net_flow'),
    peakProfit: row.number('peak_profit'),
    wipedOut: row.text('wiped_out') === 'true',
    peakTime: row.number('peak_ts'),
  };
}

export function priceOf(row: FrameRow): RecordedPrice {
  return {
    symbol: row.text('symbol'),
    price: row.text('price'),
    bid: row.text('bid'),
    ask: row.text('ask'),
    time: row.number('market_ts'),
  };
}
