/**
 * Decides and applies a void: the account's books become what its ledger makes of them without the target. Cash, books
 * and the position change by the difference that makes, in their currencies exactly; the target's own entry stays, and
 * so do the ids of both. Judges everything before it changes anything.
 */
import type { Effect } from '../domain/effect.ts';
import { isSafe } from '../domain/rounding.ts';
import { revalue, valueFits } from './apply-settlement.ts';
import { accountColumn, balanceAfter, flowOfDay, moveCash, pocketColumn, pocketOf } from './booking.ts';
import type { BookParts } from './book-parts.ts';
import type { PositionChange } from './fill-log.ts';
import { foreignFees, foreignRealized, granuleRows } from './holdings.ts';
import type { Outcome } from './outcome.ts';
import { outcomes } from './outcome.ts';
import { beginAgain, standStill } from './performance.ts';
import { valueOf } from './position.ts';
import { bookChanges, ownFees, undoingOf } from './undoing.ts';
import type { Undoing } from './undoing.ts';
import { BaseReckoning, baseFields } from './void-base.ts';
import type { VoidRebuild, VoidTarget } from './void-rebuild.ts';

export function applyVoid(b: BookParts, account: number, target: VoidTarget, rebuild: VoidRebuild): Outcome {
  const { event } = target;
  const undoing = undoingOf(b, account, target, rebuild);
  if (undoing === null) return outcomes.outOfRange;
  const holding = 'direction' in event ? b.holdings.find(account, event.symbol) : -1;
  const reckoning = reckon(b, account, holding, target, undoing, rebuild);
  const booked = b.recall.isOn ? recalled(b) : reckoning.booked;
  if (!fits(b, account, holding, undoing, booked)) return outcomes.outOfRange;

  const { accounts, effect } = b;
  effect.equityBefore = accounts.equity(account);
  effect.navBefore = accounts.nav[account] ?? NaN;
  if (holding >= 0 && undoing.position !== null) changePosition(b, account, holding, undoing);
  for (const { pair, cash, converted } of undoing.pockets) {
    if (cash !== 0) moveCash(b, account, pair, cash);
    const pocket = pocketOf(b, account, pair);
    b.pockets.converted[pocket] = (b.pockets.converted[pocket] ?? 0) + converted;
  }
  for (const { field, pair, amount } of bookChanges(undoing)) {
    const column = pocketColumn(b, field);
    const pocket = pocketOf(b, account, pair);
    column[pocket] = (column[pocket] ?? 0) + amount;
  }
  b.waiting.replace(account, reckoning.waiting);
  for (const field of baseFields) {
    const column = accountColumn(b, field);
    column[account] = (column[account] ?? 0) + booked[field];
    effect.bookings.push(booked[field]);
  }
  if (holding >= 0) changeHoldingBase(b, holding, undoing, booked);
  if (undoing.bookings.some(({ field }) => field === 'netFlow')) {
    const record = rebuild.record(target);
    flowOfDay(b, account, booked.netFlow, timeOf(target, record?.time ?? NaN));
    if (!rebuild.hasFlowsWithout(target)) beginAgain(accounts, account);
  }
  standStill(accounts, account, effect.equityBefore, b.options.dustMinor);
  fillEffect(b, effect, target, undoing, booked, holding);
  return 'applied';
}

/** When the flow took effect: it is taken out of the same session day. */
function timeOf({ event, time }: VoidTarget, recorded: number): number {
  if ('effectiveAt' in event && !Number.isNaN(event.effectiveAt)) return event.effectiveAt;
  return Number.isNaN(recorded) ? time : recorded;
}

function reckon(
  b: BookParts,
  account: number,
  holding: number,
  target: VoidTarget,
  { bookings, position }: Undoing,
  rebuild: VoidRebuild,
): BaseReckoning {
  const reckoning = new BaseReckoning(b, account, holding);
  const record = rebuild.record(target);
  bookings.forEach((booking, i) => {
    if (booking.field !== 'realized') reckoning.takeBack(booking, record?.bookings[i]);
  });
  const pair = bookings[0]?.pair ?? 0;
  position?.fills.forEach((fill, i) => {
    reckoning.changeRealized(pair, fill, rebuild.record(fill), i === 0);
  });
  return reckoning;
}

function recalled(b: BookParts): BaseReckoning['booked'] {
  const [realized, fees, income, netFlow] = baseFields.map(() => b.recall.take());
  return { realized: realized ?? 0, fees: fees ?? 0, income: income ?? 0, netFlow: netFlow ?? 0 };
}

function fits(
  b: BookParts,
  account: number,
  holding: number,
  undoing: Undoing,
  booked: BaseReckoning['booked'],
): boolean {
  const { accounts, holdings, pockets } = b;
  let balance = accounts.cashBalance[account] ?? 0;
  for (const { pair, cash, converted } of undoing.pockets) {
    balance = balanceAfter(b, account, pair, cash, balance);
    const pocket = pocketOf(b, account, pair);
    if (!isSafe(balance) || !isSafe((pockets.converted[pocket] ?? 0) + converted)) return false;
  }
  for (const { field, pair, amount } of bookChanges(undoing)) {
    const local = pocketColumn(b, field)[pocketOf(b, account, pair)] ?? 0;
    if (!isSafe(local + amount)) return false;
  }
  for (const field of baseFields) {
    if (!isSafe((accountColumn(b, field)[account] ?? 0) + booked[field])) return false;
  }
  const { position } = undoing;
  if (holding < 0 || position === null) return true;
  const instrument = b.instruments.get(holdings.symbolOf(holding));
  const after = positionAfter(b, holding, position);
  const { pair } = holdings.laneOf(holding);
  return (
    isSafe(after.quantity) &&
    isSafe(after.cost) &&
    isSafe(after.value) &&
    isSafe((holdings.realized[holding] ?? 0) + position.realized) &&
    isSafe((holdings.fees[holding] ?? 0) - ownFees(undoing)) &&
    valueFits(b, account, holding, pair, instrument, after.value, after.cost)
  );
}

function positionAfter(
  b: BookParts,
  holding: number,
  change: PositionChange,
): { quantity: number; cost: number; value: number } {
  const { holdings, marks, marking } = b;
  const symbol = holdings.symbolOf(holding);
  const quantity = (holdings.quantity[holding] ?? 0) + change.quantity;
  const cost = (holdings.cost[holding] ?? 0) + change.cost;
  const value = marks.has(symbol)
    ? valueOf(quantity, marking.markOf(symbol, quantity), b.instruments.get(symbol))
    : cost;
  return { quantity, cost, value };
}

function changePosition(b: BookParts, account: number, holding: number, undoing: Undoing): void {
  const { accounts, holdings } = b;
  const { position } = undoing;
  if (position === null) return;
  const wasOpen = holdings.quantity[holding] === 0 ? 0 : 1;
  const { quantity, cost, value } = positionAfter(b, holding, position);
  const isOpen = quantity === 0 ? 0 : 1;
  accounts.openPositions[account] = (accounts.openPositions[account] ?? 0) + isOpen - wasOpen;
  b.effect.quantityBefore = holdings.quantity[holding] ?? 0;
  b.effect.costBefore = holdings.cost[holding] ?? 0;
  revalue(b, account, holding, quantity, cost, value);
  holdings.realized[holding] = (holdings.realized[holding] ?? 0) + position.realized;
  holdings.fees[holding] = (holdings.fees[holding] ?? 0) - ownFees(undoing);
}

/** The position's figures in base, where they are not its own: of a foreign one, and fees in another currency. */
function changeHoldingBase(
  b: BookParts,
  holding: number,
  undoing: Undoing,
  booked: BaseReckoning['booked'],
): void {
  const { holdings } = b;
  if (holdings.laneOf(holding).isForeign) {
    const columns = holdings.foreignOf(holding);
    const place = holding % granuleRows;
    columns[foreignRealized + place] = (columns[foreignRealized + place] ?? 0) + booked.realized;
    columns[foreignFees + place] = (columns[foreignFees + place] ?? 0) + booked.fees;
    return;
  }
  const others = booked.fees + ownFees(undoing);
  if (others !== 0) holdings.otherFees.set(holding, (holdings.otherFees.get(holding) ?? 0) + others);
}

/** Signed as changes: what the void added to each figure. */
function fillEffect(
  b: BookParts,
  effect: Effect,
  { event, currency }: VoidTarget,
  undoing: Undoing,
  booked: BaseReckoning['booked'],
  holding: number,
): void {
  const { holdings } = b;
  effect.currency = currency;
  effect.cashEffect = undoing.pockets[0]?.cash ?? 0;
  effect.rate = b.rates.factor(undoing.pockets[0]?.pair ?? 0);
  effect.realized = undoing.position?.realized ?? 0;
  effect.realizedBase = booked.realized;
  effect.fees = 0 - ownFees(undoing);
  effect.feesBase = booked.fees;
  effect.incomeBase = booked.income;
  effect.flowBase = booked.netFlow;
  if (!('direction' in event)) return;
  const { quantityScale, priceScale } = b.instruments.get(event.symbol);
  effect.symbol = b.instruments.symbols.name(event.symbol);
  effect.quantityScale = quantityScale;
  effect.priceScale = priceScale;
  effect.quantityAfter = holdings.quantity[holding] ?? 0;
  effect.costAfter = holdings.cost[holding] ?? 0;
  effect.positionRealized = holdings.realized[holding] ?? 0;
}
