/**
 * What a fill did to its account, as the portfolio state service shows it: by itself, whatever prices and other events did
 * at the same time. Pure; what cannot be known is null.
 */
import Type, { type Static } from 'typebox';
import type { InspectReply } from '../client/account-reply.ts';
import { currencyUnits } from './columns.ts';
import type { Booked } from './orders.ts';
import { numberOrNull } from './parameters.ts';
import { leverageOf } from './portfolio.ts';

export const portfolioImpact = Type.Object(
  {
    value_change: numberOrNull,
    weight_change: numberOrNull,
    risk_change: numberOrNull,
    cash_impact: numberOrNull,
  },
  {
    description:
      'What the order did by itself. null: not known, as of an order that is answered again under its key.',
  },
);

/**
 * Equity and cash are the event's own, as the engine booked them. Weights are of the position before and after the event,
 * at the mark of the answer, by the equity that the event found and left: 10 bought at 100.50 in an account of 1,000,000
 * weigh 0.001005 more. `risk_change`, of the leverage, is known where the account has nothing later in it.
 */
export function impactOf(
  { impact, account: after, sequence }: Pick<Booked, 'impact' | 'account' | 'sequence'>,
  before: InspectReply,
  symbol: string,
  exponent: number,
): Static<typeof portfolioImpact> {
  const units = (minor: number | null): number | null =>
    minor === null ? null : currencyUnits(minor, exponent);
  if (impact === null) {
    return { value_change: null, weight_change: null, risk_change: null, cash_impact: null };
  }
  const { equity_before: found, equity_after: left, cash_change } = impact;
  const shown = {
    value_change: found === null || left === null ? null : units(left - found),
    weight_change: null,
    risk_change: null,
    cash_impact: units(cash_change),
  };
  if (found === null || left === null || found <= 0 || left <= 0) return shown;
  const scale = exposureOfUnit(after, symbol) ?? exposureOfUnit(before, symbol);
  if (scale === null) return shown;
  const exposureBefore = scale * Math.abs(impact.quantity_before);
  const exposureAfter = scale * Math.abs(impact.quantity_after);
  const leverage = after.sequence === sequence ? leverageOf(after.positions, after.total_equity) : null;
  const gross = leverage === null ? null : leverage * after.total_equity;
  return {
    ...shown,
    weight_change: exposureAfter / left - exposureBefore / found,
    risk_change: gross === null ? null : gross / left - (gross - exposureAfter + exposureBefore) / found,
  };
}

/** Minor units of base that a unit of the symbol weighs; null where the account has none of it, or no rate for it. */
function exposureOfUnit({ positions, total_equity }: InspectReply, symbol: string): number | null {
  const found = positions.find((each) => each.symbol === symbol);
  const quantity = Math.abs(Number(found?.quantity ?? 0));
  const weight = found?.weight ?? null;
  return weight === null || quantity === 0 ? null : (weight * total_equity) / quantity;
}
