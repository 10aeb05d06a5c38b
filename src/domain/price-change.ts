/**
 * What the prices of a tick come to: for each symbol that moved, its last price. Arrays are reused from tick to tick;
 * who keeps one copies it.
 */
export interface PriceChanges {
  /** How many entries of each array count. */
  count: number;
  symbols: Int32Array;
  /** Integers at the symbol's price scale. A plain price has bid = ask = mid. */
  mids: Float64Array;
  bids: Float64Array;
  asks: Float64Array;
  /** Milliseconds, as sent; -Infinity where a settlement's price stood in. */
  times: Float64Array;
}

export function emptyPriceChanges(capacity = 64): PriceChanges {
  return {
    count: 0,
    symbols: new Int32Array(capacity),
    mids: new Float64Array(capacity),
    bids: new Float64Array(capacity),
    asks: new Float64Array(capacity),
    times: new Float64Array(capacity),
  };
}
