/** An account as `tidemark.inspect` answers it: the equity message's fields first, then what only who asks is told. */
import type { AccountView, PositionView } from '../../src/domain/account-view.ts';

export interface AccountMessage {
  readonly account_id: string;
  readonly [field: string]: unknown;
}

export function accountMessage(v: AccountView): AccountMessage {
  return {
    account_id: v.accountId,
    tick: v.tick,
    timestamp: v.timestamp,
    total_equity: v.totalEquity,
    cash_balance: v.cashBalance,
    position_value: v.positionValue,
    unrealized_pnl: v.unrealizedPnl,
    realized_pnl: v.realizedPnl,
    fees: v.fees,
    net_flow: v.netFlow,
    day_change: v.dayChange,
    day_change_percent: v.dayChangePercent,
    nav: v.nav,
    peak_nav: v.peakNav,
    drawdown: v.drawdown,
    max_drawdown: v.maxDrawdown,
    currency: v.currency,
    state: v.state,
    sequence: v.sequence,
    name: v.name,
    cash: v.cash,
    income: v.income,
    fx_pnl: v.fxPnl,
    realized_net: v.realizedPnl - v.fees,
    settled_cash: v.settledCash,
    available_cash: v.availableCash,
    borrowed: v.borrowed,
    epoch: v.epoch,
    wiped_out: v.wipedOut,
    max_drawdown_life: v.maxDrawdownLife,
    drawdown_money: v.drawdownMoney,
    underwater_since: v.underwaterSince,
    rebase_pending: v.rebasePending,
    rules: [],
    timezone: v.timezone,
    cutover: v.cutover,
    day_open_equity: v.dayOpenEquity,
    day_net_flow: v.dayNetFlow,
    units: v.units,
    unpriced: v.unpriced,
    stale: v.stale,
    state_hash: v.stateHash,
    positions: v.positions.map(positionMessage),
  };
}

function positionMessage(p: PositionView): object {
  return {
    symbol: p.symbol,
    quantity: p.quantity,
    average_cost: p.averageCost,
    cost_basis: p.costBasis,
    mark: p.mark,
    mark_ts: p.markTime,
    market_value: p.marketValue,
    unrealized_pnl: p.unrealizedPnl,
    realized_pnl: p.realizedPnl,
    realized_pnl_base: p.realizedPnlBase,
    fees: p.fees,
    fees_base: p.feesBase,
    weight: p.weight,
    currency: p.currency,
  };
}
