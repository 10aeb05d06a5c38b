/**
 * Holdings in an account's snapshot, each with what its integers mean: currency, scales, multiplier and style of its
 * instrument. Values are not there: they are taken at the marks of the day on which the account is restored.
 */
import type { InstrumentFields } from '../domain/instrument.ts';
import type { BookParts } from './book-parts.ts';
import { pairOf } from './booking.ts';
import { ExactSum } from './exact-sum.ts';
import { foreignFees, foreignRealized, granuleRows } from './holdings.ts';
import { valueOf } from './position.ts';
import { setInstrument } from './reference-data.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';
import { chain } from './unpriced.ts';

const isForeignFlag = 1;
const hasOtherFeesFlag = 2;
const isMarginedFlag = 4;

/** Of the account that is being read. */
const spotCost = new ExactSum();

export function writeHoldings(b: BookParts, account: number, w: StateWriter): void {
  const { holdings } = b;
  for (const row of chain(b.accounts.firstHolding[account] ?? -1, holdings.next)) {
    const lane = holdings.laneOf(row);
    const instrument = b.instruments.get(lane.symbol);
    const otherFees = holdings.otherFees.get(row);
    w.text(b.instruments.symbols.name(lane.symbol));
    w.text(instrument.currency);
    w.byte(instrument.priceScale);
    w.byte(instrument.quantityScale);
    w.text(instrument.multiplier);
    w.byte(
      (lane.isForeign ? isForeignFlag : 0) |
        (otherFees === undefined ? 0 : hasOtherFeesFlag) |
        (instrument.margined ? isMarginedFlag : 0),
    );
    w.number(holdings.quantity[row] ?? 0);
    w.number(holdings.cost[row] ?? 0);
    w.number(holdings.realized[row] ?? 0);
    w.number(holdings.fees[row] ?? 0);
    if (lane.isForeign) {
      const base = holdings.foreignOf(row);
      w.number(base[foreignRealized + (row % granuleRows)] ?? 0);
      w.number(base[foreignFees + (row % granuleRows)] ?? 0);
    }
    if (otherFees !== undefined) w.number(otherFees);
  }
}

export function readHoldings(b: BookParts, account: number, r: StateReader): void {
  const { accounts, holdings, marks } = b;
  spotCost.start();
  while (!r.isAtSectionEnd) {
    const symbol = b.instruments.symbols.intern(r.name());
    const currency = r.name();
    const priceScale = r.byte();
    const quantityScale = r.byte();
    const multiplier = r.name();
    const flags = r.byte();
    const style = (flags & isMarginedFlag) === 0 ? 'spot' : 'margined';
    fixInstrument(b, account, symbol, currency, priceScale, quantityScale, multiplier, style);
    const instrument = b.instruments.get(symbol);
    const isForeign = (flags & isForeignFlag) !== 0;
    const pair = pairOf(b, account, currency);
    const row = holdings.open(account, symbol, pair, isForeign, accounts.firstHolding[account] ?? -1);
    accounts.firstHolding[account] = row;
    const quantity = r.number();
    const cost = r.number();
    holdings.quantity[row] = quantity;
    holdings.cost[row] = cost;
    holdings.realized[row] = r.number();
    holdings.fees[row] = r.number();
    // Valued as a fill would value it.
    const value = marks.has(symbol)
      ? valueOf(quantity, b.marking.markOf(symbol, quantity), instrument)
      : cost;
    holdings.value[row] = value;
    const lane = holdings.laneOf(row);
    lane.quantityBound = Math.max(lane.quantityBound, Math.abs(quantity));
    lane.costBound = Math.max(lane.costBound, Math.abs(cost));
    if (isForeign) {
      const base = holdings.foreignOf(row);
      base[foreignRealized + (row % granuleRows)] = r.number();
      base[foreignFees + (row % granuleRows)] = r.number();
    } else {
      b.marking.noteValue(lane, value, cost);
      if (style === 'spot') spotCost.add(cost);
    }
    if ((flags & hasOtherFeesFlag) !== 0) holdings.otherFees.set(row, r.number());
  }
  accounts.spotCost[account] = spotCost.value;
}

/** What a holding's integers mean was fixed when the symbol was first held, and stays so, whatever was said since. */
function fixInstrument(
  b: BookParts,
  account: number,
  symbol: number,
  currency: string,
  priceScale: number,
  quantityScale: number,
  multiplier: string,
  style: 'spot' | 'margined',
): void {
  const now = b.instruments.get(symbol);
  if (
    now.currency === currency &&
    now.priceScale === priceScale &&
    now.quantityScale === quantityScale &&
    now.multiplier === multiplier &&
    now.margined === (style === 'margined')
  ) {
    return;
  }
  const fields: InstrumentFields = {
    ...now.fields,
    currency,
    price_scale: priceScale,
    quantity_scale: quantityScale,
    multiplier,
    style,
  };
  const problem = setInstrument(b, symbol, fields);
  if (problem !== null) {
    const name = `${b.accounts.ids[account] ?? ''}: ${b.instruments.symbols.name(symbol)}`;
    throw new Error(
      `account ${name} was held as ${JSON.stringify(fields)}, which it cannot be now: ${problem}`,
    );
  }
}
