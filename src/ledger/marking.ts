/**
 * Marking: at a tick, every holding of each symbol that moved is valued once, and what a moved rate touches is valued
 * again. Incremental: account totals change by differences. A mark that would take an amount out of the safe integers
 * is held back: the symbol keeps its former mark, and the caller is told.
 */
import type { Instrument, InstrumentTable } from '../domain/instrument.ts';
import type { PriceChanges } from '../domain/price-change.ts';
import { exactQuotientBelow, isSafe, replacePart, roundingMagic } from '../domain/rounding.ts';
import type { Accounts } from './accounts.ts';
import { ExactSum } from './exact-sum.ts';
import { foreignUnrealized, foreignValue, granuleRows, rowsOf } from './holdings.ts';
import type { Holdings, Lane } from './holdings.ts';
import type { Marks } from './marks.ts';
import type { Pockets } from './pockets.ts';
import { valueOf } from './position.ts';
import type { Rates } from './rates.ts';

/** A change of a symbol that names a rate, and its mark before. */
interface RateMove {
  /** Place in the tick's changes. */
  readonly change: number;
  readonly symbol: number;
  readonly wasMarked: boolean;
  readonly mid: number;
  readonly bid: number;
  readonly ask: number;
  readonly time: number;
}

export class Marking {
  /** Rows of accounts to look at when the tick is closed; the first `dirtyCount` count. */
  dirtyRows = new Int32Array(64);
  dirtyCount = 0;
  /** Pairs that had no rate before this tick. */
  readonly newlyRated = new Set<number>();

  /** Of the account that is summed up. */
  private readonly sums = [new ExactSum(), new ExactSum(), new ExactSum(), new ExactSum()] as const;
  /** Sum of the value bounds of all local lanes: no account's total is larger. */
  private totalBound = 0;
  private readonly accounts: Accounts;
  private readonly holdings: Holdings;
  private readonly pockets: Pockets;
  private readonly marks: Marks;
  private readonly rates: Rates;
  private readonly instruments: InstrumentTable;
  private readonly marksAtExit: boolean;
  /** Whether the price that is being applied moved the mark of long, and of short, holdings. */
  private longMoved = true;
  private shortMoved = true;

  constructor(
    accounts: Accounts,
    holdings: Holdings,
    pockets: Pockets,
    marks: Marks,
    rates: Rates,
    instruments: InstrumentTable,
    marksAtExit: boolean,
  ) {
    this.accounts = accounts;
    this.holdings = holdings;
    this.pockets = pockets;
    this.marks = marks;
    this.rates = rates;
    this.instruments = instruments;
    this.marksAtExit = marksAtExit;
  }

  /** The mark of a signed quantity: the mid, or with `prices.mark: exit` what closing it would get. */
  markOf(symbol: number, quantity: number): number {
    if (!this.marksAtExit) return this.marks.mid[symbol] ?? 0;
    return (quantity >= 0 ? this.marks.bid[symbol] : this.marks.ask[symbol]) ?? 0;
  }

  /** Puts the account on the list of the tick: 1 perhaps changed, 2 changed. */
  touch(row: number, level: 1 | 2): void {
    const { dirty } = this.accounts;
    const was = dirty[row] ?? 0;
    if (was >= level) return;
    dirty[row] = level;
    if (was === 0) this.list(row);
  }

  /** Applies a tick's prices. `held` is called with each symbol whose price is held back. */
  apply(changes: PriceChanges, held: (symbol: number) => void): void {
    const rateMoves: RateMove[] = [];
    for (let i = 0; i < changes.count; i++) {
      const symbol = changes.symbols[i] ?? 0;
      const before = this.rates.isRateSymbol(symbol) ? this.rateMove(i, symbol) : null;
      if (!this.applyOne(changes, i)) held(symbol);
      else if (before !== null) rateMoves.push(before);
    }
    if (rateMoves.length === 0 || this.applyRates()) return;
    // Together they do not fit. One by one: what fits is taken, the rest held back.
    this.undo(rateMoves);
    for (const { change, symbol } of rateMoves) {
      const before = this.rateMove(change, symbol);
      if (this.applyOne(changes, change)) {
        if (this.applyRates()) continue;
        this.undo([before]);
      }
      held(symbol);
    }
  }

  private rateMove(change: number, symbol: number): RateMove {
    const { marks } = this;
    return {
      change,
      symbol,
      wasMarked: marks.has(symbol),
      mid: marks.mid[symbol] ?? 0,
      bid: marks.bid[symbol] ?? 0,
      ask: marks.ask[symbol] ?? 0,
      time: marks.time[symbol] ?? 0,
    };
  }

  private applyOne(changes: PriceChanges, i: number): boolean {
    const { marks } = this;
    const symbol = changes.symbols[i] ?? 0;
    const mid = changes.mids[i] ?? 0;
    const bid = changes.bids[i] ?? 0;
    const ask = changes.asks[i] ?? 0;
    const had = marks.has(symbol);
    const oldMid = marks.mid[symbol] ?? 0;
    const oldBid = marks.bid[symbol] ?? 0;
    const oldAsk = marks.ask[symbol] ?? 0;
    const oldTime = marks.time[symbol] ?? 0;
    marks.set(symbol, mid, bid, ask, changes.times[i] ?? 0);
    const [longMoved, shortMoved] = this.marksAtExit
      ? [oldBid !== bid, oldAsk !== ask]
      : [oldMid !== mid, oldMid !== mid];
    this.longMoved = !had || longMoved;
    this.shortMoved = !had || shortMoved;
    if (!this.longMoved && !this.shortMoved) return true;
    let fits = true;
    for (const lane of this.holdings.lanesOf(symbol)) fits = this.markLane(lane) && fits;
    if (fits) return true;
    if (had) marks.set(symbol, oldMid, oldBid, oldAsk, oldTime);
    else marks.clear(symbol);
    for (const lane of this.holdings.lanesOf(symbol)) this.revertLane(lane);
    return false;
  }

  /** Values a lane at its symbol's mark; false if an amount left the safe integers. */
  private markLane(lane: Lane): boolean {
    const instrument = this.instruments.get(lane.symbol);
    if (lane.isForeign) return this.markForeign(lane, instrument);
    if (this.marksAtExit) return this.markEach(lane, instrument);
    const unitPrice = (this.marks.mid[lane.symbol] ?? 0) * instrument.valueNumerator;
    if (!this.isBounded(lane, unitPrice, instrument)) return this.markEach(lane, instrument);
    const { valueDenominator: denominator } = instrument;
    const { account, quantity, value } = this.holdings;
    const { localValue, dirty } = this.accounts;
    const { chunks, sizes } = lane;
    for (let c = 0; c < chunks.length; c++) {
      const first = chunks[c] as number;
      const end = first + (sizes[c] as number);
      for (let row = first; row < end; row++) {
        const now = ((quantity[row] as number) * unitPrice) / denominator + roundingMagic - roundingMagic;
        const owner = account[row] as number;
        localValue[owner] = (localValue[owner] as number) + (now - (value[row] as number));
        value[row] = now;
        if (dirty[owner] !== 2) this.touch(owner, 2);
      }
    }
    return true;
  }

  /** A fill made a row of the lane larger than its mark had: later marks of other lanes count on the bound. */
  noteValue(lane: Lane, value: number, cost: number): void {
    const bound = Math.abs(value) + Math.abs(cost);
    if (bound <= lane.valueBound) return;
    this.totalBound += bound - lane.valueBound;
    lane.valueBound = bound;
  }

  /**
   * Whether no product of the lane at this price reaches `exactQuotientBelow`, and no account's total can leave the
   * safe integers: the largest row of every lane together would not. Then marking needs no check a row.
   */
  private isBounded(lane: Lane, unitPrice: number, instrument: Instrument): boolean {
    const product = lane.quantityBound * Math.abs(unitPrice);
    const bound = product / instrument.valueDenominator + lane.costBound + 1;
    this.totalBound += bound - lane.valueBound;
    lane.valueBound = bound;
    return (
      instrument.valueDenominator > 1 && product < exactQuotientBelow && this.totalBound < exactQuotientBelow
    );
  }

  /** The plain form of `markLane`, for what is rare: marks by side, prices beyond the fast path. */
  private markEach(lane: Lane, instrument: Instrument): boolean {
    const { account, quantity, value } = this.holdings;
    const { localValue } = this.accounts;
    let fits = true;
    for (const row of rowsOf(lane)) {
      const held = quantity[row] ?? 0;
      const now = valueOf(held, this.markOf(lane.symbol, held), instrument);
      const owner = account[row] ?? 0;
      const total = replacePart(localValue[owner] ?? 0, value[row] ?? 0, now);
      localValue[owner] = total;
      if (!isSafe(total)) fits = false;
      value[row] = now;
      this.touchMarked(owner, held);
    }
    return fits;
  }

  private markForeign(lane: Lane, instrument: Instrument): boolean {
    const { quantity, value } = this.holdings;
    let fits = true;
    for (const row of rowsOf(lane)) {
      const held = quantity[row] ?? 0;
      const now = valueOf(held, this.markOf(lane.symbol, held), instrument);
      if (!isSafe(now)) fits = false;
      value[row] = now;
      if (!this.revalueForeign(lane, row, instrument)) fits = false;
      this.touchMarked(this.holdings.account[row] ?? 0, held);
    }
    return fits;
  }

  /** A quote that moves on one side only is news to holders of that side. */
  private touchMarked(account: number, held: number): void {
    if (held >= 0 ? this.longMoved : this.shortMoved) this.touch(account, 2);
  }

  /** Whether the account's totals in base may take a foreign holding's new value and cost; `row` -1: it is new. */
  foreignFits(
    account: number,
    row: number,
    pair: number,
    instrument: Instrument,
    value: number,
    cost: number,
  ): boolean {
    const { accounts } = this;
    const base = row < 0 ? null : this.holdings.foreignOf(row);
    const place = row % granuleRows;
    const unrealizedBase = this.inBase(pair, value - cost);
    const valueBase = instrument.margined ? unrealizedBase : this.inBase(pair, value);
    const totalValue = replacePart(
      accounts.foreignValue[account] ?? 0,
      base?.[foreignValue + place] ?? 0,
      valueBase,
    );
    const totalUnrealized = replacePart(
      accounts.foreignUnrealized[account] ?? 0,
      base?.[foreignUnrealized + place] ?? 0,
      unrealizedBase,
    );
    return isSafe(totalValue) && isSafe(totalUnrealized);
  }

  /** 0 where there is no rate: what is in that currency is outside equity. */
  private inBase(pair: number, amount: number): number {
    return this.rates.hasRate(pair) ? this.rates.convert(pair, amount) : 0;
  }

  /**
   * A foreign holding's figures in base, from its value, its cost and the current rate. False if an amount would leave
   * the safe integers: then they stay as they were.
   */
  revalueForeign(lane: Lane, row: number, instrument: Instrument): boolean {
    const { holdings, accounts } = this;
    const base = holdings.foreignOf(row);
    const place = row % granuleRows;
    const value = holdings.value[row] ?? 0;
    const unrealizedBase = this.inBase(lane.pair, value - (holdings.cost[row] ?? 0));
    const valueBase = instrument.margined ? unrealizedBase : this.inBase(lane.pair, value);
    const owner = holdings.account[row] ?? 0;
    const totalValue = replacePart(
      accounts.foreignValue[owner] ?? 0,
      base[foreignValue + place] ?? 0,
      valueBase,
    );
    const totalUnrealized = replacePart(
      accounts.foreignUnrealized[owner] ?? 0,
      base[foreignUnrealized + place] ?? 0,
      unrealizedBase,
    );
    if (!isSafe(totalValue) || !isSafe(totalUnrealized)) return false;
    accounts.foreignValue[owner] = totalValue;
    accounts.foreignUnrealized[owner] = totalUnrealized;
    base[foreignValue + place] = valueBase;
    base[foreignUnrealized + place] = unrealizedBase;
    return true;
  }

  /**
   * Rates moved: pockets and foreign holdings of the pairs concerned are valued again, and nothing else.
   * False if an amount would leave the safe integers: then the rates must be undone.
   */
  private applyRates(): boolean {
    const { pockets, accounts, holdings, rates } = this;
    const unrated = new Set<number>();
    for (let pair = 0; pair < rates.count; pair++) if (!rates.hasRate(pair)) unrated.add(pair);
    let fits = true;
    for (const pair of rates.refresh()) {
      const isNew = unrated.has(pair) && rates.hasRate(pair);
      if (isNew) this.newlyRated.add(pair);
      // What is in it enters the account's equity, or leaves it: `unpriced` is another now.
      const enters = isNew || !rates.hasRate(pair);
      for (const pocket of pockets.ofPair(pair)) {
        const now = this.inBase(pair, pockets.cash[pocket] ?? 0);
        const owner = pockets.account[pocket] ?? 0;
        const total = replacePart(accounts.cashBalance[owner] ?? 0, pockets.cashBase[pocket] ?? 0, now);
        if (isSafe(total)) {
          accounts.cashBalance[owner] = total;
          pockets.cashBase[pocket] = now;
        } else fits = false;
        this.touch(owner, enters && pockets.cash[pocket] !== 0 ? 2 : 1);
      }
      for (const lane of holdings.lanesOfPair(pair)) {
        const instrument = this.instruments.get(lane.symbol);
        for (const row of rowsOf(lane)) {
          fits = this.revalueForeign(lane, row, instrument) && fits;
          this.touch(holdings.account[row] ?? 0, enters && holdings.quantity[row] !== 0 ? 2 : 1);
        }
      }
    }
    return fits;
  }

  /** Rates that did not fit: the marks before, and what they touched from scratch. */
  private undo(moves: readonly RateMove[]): void {
    const { marks, rates, pockets, holdings } = this;
    for (const { symbol, wasMarked, mid, bid, ask, time } of moves) {
      if (wasMarked) marks.set(symbol, mid, bid, ask, time);
      else marks.clear(symbol);
    }
    const pairs = rates.refresh();
    for (const { symbol } of moves) for (const lane of holdings.lanesOf(symbol)) this.revertLane(lane);
    for (const pair of pairs) {
      if (!rates.hasRate(pair)) this.newlyRated.delete(pair);
      for (const pocket of pockets.ofPair(pair)) this.recompute(pockets.account[pocket] ?? 0);
      for (const lane of holdings.lanesOfPair(pair)) {
        for (const row of rowsOf(lane)) this.recompute(holdings.account[row] ?? 0);
      }
    }
  }

  /** After a mark that did not fit: values from the mark before, totals of the accounts concerned from scratch. */
  private revertLane(lane: Lane): void {
    const { holdings } = this;
    const instrument = this.instruments.get(lane.symbol);
    for (const row of rowsOf(lane)) {
      const held = holdings.quantity[row] ?? 0;
      holdings.value[row] = this.marks.has(lane.symbol)
        ? valueOf(held, this.markOf(lane.symbol, held), instrument)
        : (holdings.cost[row] ?? 0);
      this.recompute(holdings.account[row] ?? 0);
    }
  }

  /** The account's totals as exact sums: on the way to a safe sum a partial one need not be safe. */
  recompute(account: number): void {
    const { accounts, holdings, pockets } = this;
    const [cash, local, value, unrealized] = this.sums;
    for (const sum of this.sums) sum.start();
    for (let row = accounts.firstPocket[account] ?? -1; row >= 0; row = pockets.next[row] ?? -1) {
      const base = this.inBase(pockets.pair[row] ?? 0, pockets.cash[row] ?? 0);
      pockets.cashBase[row] = base;
      cash.add(base);
    }
    for (let row = accounts.firstHolding[account] ?? -1; row >= 0; row = holdings.next[row] ?? -1) {
      const lane = holdings.laneOf(row);
      const { margined } = this.instruments.get(lane.symbol);
      const own = holdings.value[row] ?? 0;
      const gain = own - (holdings.cost[row] ?? 0);
      if (!lane.isForeign) {
        local.add(margined ? gain : own);
        continue;
      }
      const base = holdings.foreignOf(row);
      const place = row % granuleRows;
      const gainBase = this.inBase(lane.pair, gain);
      base[foreignUnrealized + place] = gainBase;
      base[foreignValue + place] = margined ? gainBase : this.inBase(lane.pair, own);
      unrealized.add(gainBase);
      value.add(base[foreignValue + place] ?? 0);
    }
    accounts.cashBalance[account] = cash.value;
    accounts.localValue[account] = local.value;
    accounts.foreignValue[account] = value.value;
    accounts.foreignUnrealized[account] = unrealized.value;
  }

  private list(row: number): void {
    if (this.dirtyCount === this.dirtyRows.length) {
      const larger = new Int32Array(this.dirtyRows.length * 2);
      larger.set(this.dirtyRows);
      this.dirtyRows = larger;
    }
    this.dirtyRows[this.dirtyCount++] = row;
  }
}
