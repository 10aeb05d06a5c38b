/** Profit by where it came from. Pure. */
import type { Detail, Figures } from '../api/shapes.ts';

export interface PnlParts {
  readonly realized: number;
  readonly unrealized: number;
  readonly income: number;
  readonly fees: number;
  readonly fx: number;
  /** Of them all: equity less net flow. */
  readonly total: number;
}

/**
 * Of the newest tick where it includes the same events as what was asked for: income changes by events alone, and FX is
 * what equity has beside the others. Otherwise of what was asked for, whole.
 */
export function pnlPartsOf(live: Figures, detail: Detail): PnlParts {
  const isCurrent = live.sequence === detail.sequence && live.tick > detail.tick;
  const {
    realized_pnl: realized,
    unrealized_pnl: unrealized,
    fees,
    total_equity,
    net_flow,
  } = isCurrent ? live : detail;
  const total = total_equity - net_flow;
  const { income } = detail;
  return { realized, unrealized, income, fees, fx: total - realized - unrealized - income + fees, total };
}
