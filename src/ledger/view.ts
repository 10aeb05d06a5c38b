/** An account as `inspect` shows it, computed when somebody asks. */
import type { AccountView, PositionView } from '../domain/account-view.ts';
import { scaledText } from '../domain/decimal.ts';
import { timeOfDay } from './account-settings.ts';
import type { BookParts } from './book-parts.ts';
import { fillUpdate, emptyUpdate } from './curve-figures.ts';
import { granuleRows, foreignFees, foreignRealized, foreignValue } from './holdings.ts';
import { averageCostText } from './position.ts';
import { stateHash } from './state-hash.ts';
import { chain, unpricedOf } from './unpriced.ts';

/**
 * @param tick and time of the account's last tick
 * @param now milliseconds: what the age of a price is measured against
 */
export function viewAccount(
  b: BookParts,
  account: number,
  tick: number,
  time: number,
  now: number,
): AccountView {
  const { accounts: a, marks } = b;
  const u = emptyUpdate();
  fillUpdate(a, account, tick, time, u);
  const pockets = chain(a.firstPocket[account] ?? -1, b.pockets.next);
  const holdings = chain(a.firstHolding[account] ?? -1, b.holdings.next);
  const stale: string[] = [];
  const cash: Record<string, number> = {};
  let borrowed = 0;
  for (const row of pockets) {
    const pair = b.pockets.pair[row] ?? 0;
    const amount = b.pockets.cash[row] ?? 0;
    cash[b.rates.currency(pair)] = amount;
    borrowed += Math.max(0, 0 - (b.pockets.cashBase[row] ?? 0));
  }
  for (const row of holdings) {
    const symbol = b.holdings.symbolOf(row);
    const age = now - (marks.time[symbol] ?? 0);
    const isCarried =
      b.holdings.quantity[row] !== 0 && marks.has(symbol) && Number.isFinite(marks.time[symbol]);
    if (isCarried && age > b.options.staleAfterMs) stale.push(b.instruments.symbols.name(symbol));
  }
  const number = (x: number | undefined): number | null => (x === undefined || Number.isNaN(x) ? null : x);
  const calendar = b.sessions.calendarOf(account);
  const profit = u.totalEquity - u.netFlow;
  return {
    accountId: u.accountId,
    name: a.names[account] ?? '',
    tick,
    timestamp: time,
    currency: u.currency,
    state: u.state,
    sequence: u.sequence,
    totalEquity: u.totalEquity,
    cashBalance: u.cashBalance,
    positionValue: u.positionValue,
    unrealizedPnl: u.unrealizedPnl,
    realizedPnl: u.realizedPnl,
    fees: u.fees,
    netFlow: u.netFlow,
    income: u.income,
    fxPnl: u.totalEquity - (u.netFlow + u.realizedPnl + u.unrealizedPnl + u.income - u.fees),
    dayChange: u.dayChange,
    dayChangePercent: number(u.dayChangePercent),
    nav: number(u.nav),
    peakNav: number(u.peakNav),
    drawdown: u.drawdown,
    maxDrawdown: u.maxDrawdown,
    maxDrawdownLife: a.maxDrawdownLife[account] ?? 0,
    drawdownMoney: Number.isNaN(u.nav) ? 0 : Math.min(0, profit - (a.peakProfit[account] ?? 0)),
    underwaterSince: u.drawdown < 0 ? number(a.peakTime[account]) : null,
    epoch: a.epoch[account] ?? 1,
    wipedOut: a.wipedOut[account] === 1,
    rebasePending: b.rebasing.of(account) !== null,
    units: number(a.units[account]),
    cash,
    settledCash: u.cashBalance,
    availableCash: Math.max(0, Math.min(u.cashBalance, u.totalEquity)),
    borrowed,
    timezone: calendar.zone,
    cutover: timeOfDay(calendar.cutoverMinutes),
    dayOpenEquity: a.dayOpenEquity[account] ?? 0,
    dayNetFlow: a.dayNetFlow[account] ?? 0,
    unpriced: unpricedOf(b, account),
    stale,
    stateHash: stateHash(b, account),
    positions: holdings.map((row) => viewPosition(b, row, u.totalEquity)),
  };
}

function viewPosition(b: BookParts, row: number, equity: number): PositionView {
  const { holdings, marks } = b;
  const lane = holdings.laneOf(row);
  const instrument = b.instruments.get(lane.symbol);
  const quantity = holdings.quantity[row] ?? 0;
  const cost = holdings.cost[row] ?? 0;
  const value = holdings.value[row] ?? 0;
  const realized = holdings.realized[row] ?? 0;
  const fees = holdings.fees[row] ?? 0;
  const isMarked = marks.has(lane.symbol);
  const base = lane.isForeign ? holdings.foreignOf(row) : null;
  const place = row % granuleRows;
  const at = (column: number): number => base?.[column + place] ?? 0;
  const markTime = marks.time[lane.symbol] ?? 0;
  // A margined position weighs what it controls, not what it has earned.
  const controlled =
    base === null ? value : instrument.margined ? b.rates.convert(lane.pair, value) : at(foreignValue);
  return {
    symbol: b.instruments.symbols.name(lane.symbol),
    quantity: scaledText(quantity, instrument.quantityScale),
    averageCost: averageCostText(quantity, cost, instrument),
    costBasis: cost,
    mark: isMarked ? scaledText(b.marking.markOf(lane.symbol, quantity), instrument.priceScale) : null,
    markTime: isMarked && Number.isFinite(markTime) ? markTime : null,
    marketValue: value,
    unrealizedPnl: value - cost,
    realizedPnl: realized,
    realizedPnlBase: base === null ? realized : at(foreignRealized),
    fees,
    feesBase: base === null ? fees + (holdings.otherFees.get(row) ?? 0) : at(foreignFees),
    weight: equity > 0 && b.rates.hasRate(lane.pair) ? Math.abs(controlled) / equity : null,
    currency: instrument.currency,
  };
}
