/** An account of the oracle as `inspect --json` prints it, money as BigInt. Computes from the books, keeps nothing. */
import type { OracleAccount } from './account.ts';
import { absolute, plainText, significantText, tenTo } from './exact.ts';
import { decimalOf, one } from './exact.ts';
import type { Market } from './market.ts';
import { minorDigits } from './market.ts';
import type { Position } from './books.ts';
import type { PerformanceFigures } from './performance.ts';
import { percentChange } from './performance.ts';

export interface OraclePositionView {
  readonly symbol: string;
  readonly quantity: string;
  readonly average_cost: string;
  readonly cost_basis: bigint;
  readonly mark: string | null;
  readonly market_value: bigint;
  readonly unrealized_pnl: bigint;
  readonly realized_pnl: bigint;
  readonly realized_pnl_base: bigint;
  readonly fees: bigint;
  readonly fees_base: bigint;
  readonly currency: string;
}

export interface OracleView extends PerformanceFigures {
  readonly account_id: string;
  readonly currency: string;
  readonly sequence: number;
  readonly cash: Readonly<Record<string, bigint>>;
  readonly positions: readonly OraclePositionView[];
  readonly total_equity: bigint;
  readonly cash_balance: bigint;
  readonly position_value: bigint;
  readonly unrealized_pnl: bigint;
  readonly realized_pnl: bigint;
  readonly realized_net: bigint;
  readonly fees: bigint;
  readonly income: bigint;
  readonly net_flow: bigint;
  readonly fx_pnl: bigint;
  readonly day_open_equity: bigint;
  readonly day_net_flow: bigint;
  readonly day_change: bigint;
  readonly day_change_percent: number | null;
  readonly unpriced: readonly string[];
}

export function inspectAccount(account: OracleAccount, market: Market): OracleView {
  const { cash, positions } = account.books();
  const isRated = (currency: string): boolean => market.isRated(market.now, currency, account.base);
  const unpriced = new Set<string>();
  let unrealized = 0n;
  for (const [currency, amount] of cash) if (amount !== 0n && !isRated(currency)) unpriced.add(currency);
  for (const p of positions.values()) {
    const { currency } = market.instrument(p.symbol);
    const gain = account.marketValue(p.symbol, p.quantity, p.cost) - p.cost;
    unrealized += market.convert(market.now, gain, currency, account.base) ?? 0n;
    if (p.quantity !== 0n && !isRated(currency)) unpriced.add(currency);
  }
  for (const { symbol, quantity } of positions.values()) {
    if (quantity !== 0n && market.mark(market.now, symbol, quantity) === null) unpriced.add(symbol);
  }
  const cash_balance = account.cashInBase();
  const position_value = account.positionsInBase();
  const total_equity = cash_balance + position_value;
  const [realized_pnl, fees, income] = (['realized', 'fees', 'income'] as const).map((b) =>
    account.bookedInBase(b),
  ) as [bigint, bigint, bigint];
  const net_flow = account.netFlow();
  const { day, performance } = account;
  const day_net_flow = net_flow - day.openFlow;
  return {
    account_id: account.id,
    currency: account.base,
    sequence: account.sequence,
    cash: Object.fromEntries(cash),
    positions: [...positions.values()].map((p) => viewPosition(p, account, market)),
    total_equity,
    cash_balance,
    position_value,
    unrealized_pnl: unrealized,
    realized_pnl,
    realized_net: realized_pnl - fees,
    fees,
    income,
    net_flow,
    fx_pnl: total_equity - (net_flow + realized_pnl + unrealized + income - fees),
    day_open_equity: day.openEquity,
    day_net_flow,
    day_change: total_equity - day.openEquity - day_net_flow,
    day_change_percent: performance.isWiped ? null : percentChange(performance.nav, day.openNav),
    ...performance.figures(),
    unpriced: [...unpriced],
  };
}

function viewPosition(p: Position, account: OracleAccount, market: Market): OraclePositionView {
  const { currency, price_scale, quantity_scale } = market.instrument(p.symbol);
  const mark = market.mark(market.now, p.symbol, p.quantity);
  const value = account.marketValue(p.symbol, p.quantity, p.cost);
  return {
    symbol: p.symbol,
    quantity: plainText(p.quantity, quantity_scale),
    average_cost: averageCost(p, market),
    cost_basis: p.cost,
    mark: mark === null ? null : plainText(mark, price_scale),
    market_value: value,
    unrealized_pnl: value - p.cost,
    realized_pnl: p.realized,
    realized_pnl_base: account.bookedInBase('realized', p.symbol),
    fees: p.fees,
    fees_base: account.bookedInBase('fees', p.symbol),
    currency,
  };
}

/** Money it cost over what it is of: cost / (quantity x multiplier). */
function averageCost({ symbol, quantity, cost }: Position, market: Market): string {
  if (quantity === 0n) return '0';
  const { currency, quantity_scale, multiplier } = market.instrument(symbol);
  const per = decimalOf(multiplier, 99) ?? one;
  const n = cost * (quantity < 0n ? -1n : 1n) * tenTo(quantity_scale) * per.d;
  return significantText({ n, d: absolute(quantity) * tenTo(minorDigits(currency)) * per.n }, 12);
}
