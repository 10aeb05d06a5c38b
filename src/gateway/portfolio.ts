/**
 * An account as the portfolio state service shows it: currency units, `position_id` the symbol, times ISO 8601. Pure:
 * shapes alone; what is odd in them stays at this edge.
 */
import Type, { type Static } from 'typebox';
import type { InspectReply, PositionFigures } from '../client/account-reply.ts';
import { currencyUnits } from './columns.ts';
import { numberOrNull, oneOf } from './parameters.ts';

export const portfolioPosition = Type.Object({
  position_id: Type.String(),
  instrument_id: Type.String(),
  quantity: Type.Number(),
  market_value: Type.Number(),
  cost_basis: Type.Number(),
  unrealized_pnl: Type.Number(),
  weight: numberOrNull,
  status: oneOf('ACTIVE', 'PENDING', 'CLOSED', 'SUSPENDED'),
  last_updated: Type.String({ format: 'date-time' }),
});
export type PortfolioPosition = Static<typeof portfolioPosition>;

export const portfolioState = Type.Object({
  portfolio_id: Type.String(),
  total_value: Type.Number({ description: 'Total equity.' }),
  cash_balance: Type.Number(),
  invested_value: Type.Number(),
  available_cash: numberOrNull,
  margin_used: Type.Union([Type.Number(), Type.Null()], { description: 'null: margin is not kept yet.' }),
  margin_available: numberOrNull,
  leverage_ratio: numberOrNull,
  position_count: Type.Integer(),
});
export type PortfolioState = Static<typeof portfolioState>;

export const performanceMetrics = Type.Object({
  total_return: numberOrNull,
  daily_return: numberOrNull,
  volatility: numberOrNull,
  sharpe_ratio: numberOrNull,
  max_drawdown: numberOrNull,
  beta: numberOrNull,
  alpha: numberOrNull,
});

export function stateOf(a: InspectReply, exponent: number): PortfolioState {
  const units = (minor: number): number => currencyUnits(minor, exponent);
  return {
    portfolio_id: a.account_id,
    total_value: units(a.total_equity),
    cash_balance: units(a.cash_balance),
    invested_value: units(a.position_value),
    available_cash: units(a.available_cash),
    margin_used: null,
    margin_available: null,
    leverage_ratio: leverageOf(a.positions, a.total_equity),
    position_count: a.positions.filter(isOpen).length,
  };
}

/** Gross exposure by equity: the sum of the weights, which are by the absolute market value; null without equity. */
export function leverageOf(positions: readonly PositionFigures[], totalEquity: number): number | null {
  const open = positions.filter(isOpen);
  if (totalEquity <= 0 || open.some(({ weight }) => weight === null)) return null;
  return open.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
}

/** `exponents`: decimals of a position's own currency, which its figures are in. */
export function positionOf(
  a: InspectReply,
  p: PositionFigures,
  exponent: (currency: string) => number,
): PortfolioPosition {
  const units = (minor: number): number => currencyUnits(minor, exponent(p.currency));
  return {
    position_id: p.symbol,
    instrument_id: p.symbol,
    quantity: Number(p.quantity),
    market_value: units(p.market_value),
    cost_basis: units(p.cost_basis),
    unrealized_pnl: units(p.unrealized_pnl),
    weight: p.weight,
    status: statusOf(a, p),
    last_updated: new Date(p.mark_ts ?? a.timestamp).toISOString(),
  };
}

export function isOpen({ quantity }: Pick<PositionFigures, 'quantity'>): boolean {
  return Number(quantity) !== 0;
}

function statusOf(a: InspectReply, p: PositionFigures): 'ACTIVE' | 'PENDING' | 'CLOSED' | 'SUSPENDED' {
  if (!isOpen(p)) return 'CLOSED';
  if (a.state === 'suspended') return 'SUSPENDED';
  return p.mark === null || a.unpriced.includes(p.symbol) ? 'PENDING' : 'ACTIVE';
}
