/** Decides and applies a settlement: a fill, or a transfer in kind. Judges everything before it changes anything. */
import { atScale, fitsScale } from '../domain/decimal.ts';
import { isCurrency } from '../domain/currency.ts';
import type { Settlement } from '../domain/ledger-event.ts';
import type { Instrument } from '../domain/instrument.ts';
import { isSafe, replacePart } from '../domain/rounding.ts';
import { rejected } from '../domain/rejection.ts';
import type { BookParts } from './book-parts.ts';
import {
  balanceAfter,
  book,
  bookedTogether,
  bookFits,
  buyUnits,
  inBase,
  moveCash,
  pairOf,
  wipeBeforeFlow,
} from './booking.ts';
import type { Outcome } from './outcome.ts';
import { outcomes } from './outcome.ts';
import type { PositionStep } from './position.ts';
import { fillPosition, valueOf } from './position.ts';

const step: PositionStep = { quantity: 0, cost: 0, realized: 0, value: 0 };
const inKind: PositionStep = { quantity: 0, cost: 0, realized: 0, value: 0 };

export function applySettlement(b: BookParts, account: number, e: Settlement, time: number): Outcome {
  const { accounts, holdings, marks, marking, effect } = b;
  if (e.feeCurrency !== '' && !isCurrency(e.feeCurrency)) {
    return rejected('currency_unknown', `fee_currency: ${e.feeCurrency}`);
  }
  const instrument = b.instruments.get(e.symbol);
  const { quantityScale, priceScale, margined } = instrument;
  if (!fitsScale(e.quantity, quantityScale)) return outcomes.quantityScale;
  if (!fitsScale(e.price, priceScale)) return outcomes.priceScale;
  if (e.feeQuantity !== null && !fitsScale(e.feeQuantity, quantityScale)) return outcomes.feeQuantityScale;
  if (e.quantity.coefficient <= 0) return outcomes.quantity;
  const isTransfer = e.kind === 'transfer';
  // Negative: a rebate in kind, bought at the fill's price.
  const feeQuantity = e.feeQuantity === null ? 0 : atScale(e.feeQuantity, quantityScale);
  if (margined && feeQuantity !== 0) return outcomes.feeInKindMargined;
  if (margined && isTransfer) return outcomes.transferMargined;

  const quantity = atScale(e.quantity, quantityScale);
  const price = atScale(e.price, priceScale);
  const pair = pairOf(b, account, instrument.currency);
  const feePair = e.feeCurrency === '' ? pair : pairOf(b, account, e.feeCurrency);
  const found = holdings.find(account, e.symbol);
  const quantityBefore = found < 0 ? 0 : (holdings.quantity[found] ?? 0);
  const costBefore = found < 0 ? 0 : (holdings.cost[found] ?? 0);
  fillPosition(step, quantityBefore, costBefore, e.direction * quantity, price, instrument);
  let { realized } = step;
  let feeInKind = 0;
  let last = step;
  if (feeQuantity !== 0) {
    fillPosition(inKind, step.quantity, step.cost, 0 - feeQuantity, price, instrument);
    realized += inKind.realized;
    feeInKind = 0 - inKind.value;
    last = inKind;
  }
  const { quantity: quantityAfter, cost: costAfter } = last;
  const realizedBefore = found < 0 ? 0 : (holdings.realized[found] ?? 0);
  const feesBefore = found < 0 ? 0 : (holdings.fees[found] ?? 0);
  const ownFees = feeInKind + (feePair === pair ? e.fee : 0);
  // In kind: no cash moves; the value at the price given is a flow instead.
  const paid = isTransfer ? 0 : margined ? realized : 0 - step.value;
  const ownPaid = feePair === pair ? paid - e.fee : paid;
  const valueAfter = marks.has(e.symbol)
    ? valueOf(quantityAfter, marking.markOf(e.symbol, quantityAfter), instrument)
    : costAfter;
  const balance = balanceAfter(b, account, pair, ownPaid);
  const fits =
    isSafe(quantityAfter) &&
    isSafe(costAfter) &&
    isSafe(step.value) &&
    isSafe(valueAfter) &&
    isSafe(realized) &&
    isSafe(ownFees) &&
    isSafe(ownPaid) &&
    isSafe(realizedBefore + realized) &&
    isSafe(feesBefore + ownFees) &&
    valueFits(b, account, found, pair, instrument, valueAfter, costAfter) &&
    isSafe(balance) &&
    (feePair === pair || isSafe(balanceAfter(b, account, feePair, 0 - e.fee, balance))) &&
    bookFits(b, account, 'realized', pair, realized) &&
    bookFits(b, account, 'fees', pair, feeInKind) &&
    bookFits(b, account, 'fees', pair, ownFees) &&
    bookFits(b, account, 'fees', feePair, e.fee, inBase(b, pair, feeInKind)) &&
    (!isTransfer || bookFits(b, account, 'netFlow', pair, step.value));
  if (!fits) return outcomes.outOfRange;

  if (isTransfer) wipeBeforeFlow(b, account, pair);
  const equityBefore = accounts.equity(account);
  effect.equityBefore = equityBefore;
  effect.navBefore = accounts.nav[account] ?? NaN;
  let row = found;
  if (row < 0) {
    const isForeign = !b.rates.isIdentity(pair);
    row = holdings.open(account, e.symbol, pair, isForeign, accounts.firstHolding[account] ?? -1);
    accounts.firstHolding[account] = row;
  }
  const opened = (quantityAfter === 0 ? 0 : 1) - (quantityBefore === 0 ? 0 : 1);
  accounts.openPositions[account] = (accounts.openPositions[account] ?? 0) + opened;
  revalue(b, account, row, quantityAfter, costAfter, valueAfter);
  holdings.realized[row] = realizedBefore + realized;
  holdings.fees[row] = feesBefore + ownFees;
  moveCash(b, account, pair, ownPaid);
  if (feePair !== pair && e.fee !== 0) moveCash(b, account, feePair, 0 - e.fee);
  const realizedBase = book(b, account, 'realized', pair, realized, row, time);
  let feesBase = feeInKind === 0 && e.fee === 0 ? 0 : NaN;
  if (feeInKind !== 0) feesBase = book(b, account, 'fees', pair, feeInKind, row, time);
  if (e.fee !== 0) feesBase = bookedTogether(feesBase, book(b, account, 'fees', feePair, e.fee, row, time));
  effect.flowBase = 0;
  if (isTransfer) {
    effect.flowBase = book(b, account, 'netFlow', pair, step.value, -1, NaN);
    if (b.rates.hasRate(pair)) buyUnits(b, account, equityBefore, effect.flowBase, time);
  }

  effect.symbol = b.instruments.symbols.name(e.symbol);
  effect.priceScale = priceScale;
  effect.quantityScale = quantityScale;
  effect.quantity = e.direction * quantity;
  effect.price = price;
  effect.feeQuantity = feeQuantity;
  effect.currency = instrument.currency;
  effect.cashEffect = ownPaid;
  effect.realized = realized;
  effect.realizedBase = realizedBase;
  effect.fees = ownFees;
  effect.feesBase = feesBase;
  effect.incomeBase = 0;
  effect.rate = b.rates.factor(pair);
  effect.quantityBefore = quantityBefore;
  effect.quantityAfter = quantityAfter;
  effect.costBefore = costBefore;
  effect.costAfter = costAfter;
  effect.positionRealized = realizedBefore + realized;
  return 'applied';
}

/** Whether the account's totals may take the position's new value and cost; `row` is -1 where it is new. */
export function valueFits(
  b: BookParts,
  account: number,
  row: number,
  pair: number,
  instrument: Instrument,
  value: number,
  cost: number,
): boolean {
  const { accounts, holdings } = b;
  if (!isSafe(value - cost)) return false;
  if (!b.rates.isIdentity(pair)) return b.marking.foreignFits(account, row, pair, instrument, value, cost);
  const costBefore = row < 0 ? 0 : (holdings.cost[row] ?? 0);
  const valueBefore = row < 0 ? 0 : (holdings.value[row] ?? 0);
  const total = accounts.localValue[account] ?? 0;
  if (instrument.margined) return isSafe(replacePart(total, valueBefore - costBefore, value - cost));
  return (
    isSafe(replacePart(total, valueBefore, value)) &&
    isSafe(replacePart(accounts.spotCost[account] ?? 0, costBefore, cost))
  );
}

/** Writes the position and moves the account's totals by the difference. */
export function revalue(
  b: BookParts,
  account: number,
  row: number,
  quantity: number,
  cost: number,
  value: number,
): void {
  const { accounts, holdings } = b;
  const lane = holdings.laneOf(row);
  const instrument = b.instruments.get(lane.symbol);
  const costBefore = holdings.cost[row] ?? 0;
  const valueBefore = holdings.value[row] ?? 0;
  lane.quantityBound = Math.max(lane.quantityBound, Math.abs(quantity));
  lane.costBound = Math.max(lane.costBound, Math.abs(cost));
  holdings.quantity[row] = quantity;
  holdings.cost[row] = cost;
  holdings.value[row] = value;
  if (lane.isForeign) {
    b.marking.revalueForeign(lane, row, instrument);
    return;
  }
  b.marking.noteValue(lane, value, cost);
  const total = accounts.localValue[account] ?? 0;
  if (instrument.margined) {
    accounts.localValue[account] = replacePart(total, valueBefore - costBefore, value - cost);
  } else {
    accounts.localValue[account] = replacePart(total, valueBefore, value);
    accounts.spotCost[account] = replacePart(accounts.spotCost[account] ?? 0, costBefore, cost);
  }
}
