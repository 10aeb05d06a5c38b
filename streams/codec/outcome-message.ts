/** What became of an event, as `tidemark.outcome` answers it. */
import type { Verdict } from '../../src/domain/verdict.ts';

/** Money in minor units of base; null: not known. Quantities in units of the symbol. */
export interface ImpactMessage {
  readonly equity_before: number | null;
  readonly equity_after: number | null;
  readonly cash_change: number | null;
  readonly quantity_before: number;
  readonly quantity_after: number;
}

export interface OutcomeMessage {
  readonly outcome: Verdict['outcome'];
  readonly reason?: string;
  readonly detail?: string;
  readonly impact?: ImpactMessage | null;
}

export function outcomeMessage(verdict: Verdict): OutcomeMessage {
  if (verdict.outcome !== 'applied') return verdict;
  const { outcome, impact } = verdict;
  return {
    outcome,
    impact: impact && {
      equity_before: impact.equityBefore,
      equity_after: impact.equityAfter,
      cash_change: impact.cashChange,
      quantity_before: impact.quantityBefore,
      quantity_after: impact.quantityAfter,
    },
  };
}
