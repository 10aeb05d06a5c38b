/** What the engine decided of one element of a LEDGER message. Types alone. */

/** What an event did by itself, at the marks at which it was applied. Money in minor units of base, null: not known. */
export interface Impact {
  readonly equityBefore: number | null;
  readonly equityAfter: number | null;
  readonly cashChange: number | null;
  /** Of the symbol, in units; 0 for what has none. */
  readonly quantityBefore: number;
  readonly quantityAfter: number;
}

/**
 * `pending`: not come to yet. `waiting`: a void, for its target. `unknown`: decided before this process was live, or so
 * long ago that it is forgotten.
 */
export type Verdict =
  | { readonly outcome: 'applied'; readonly impact: Impact | null }
  | { readonly outcome: 'rejected'; readonly reason: string; readonly detail: string }
  | { readonly outcome: 'duplicate' | 'waiting' | 'pending' | 'unknown' };
