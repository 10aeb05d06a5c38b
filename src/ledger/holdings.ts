/**
 * Holdings: one row for each account and symbol it ever traded. The rows of a symbol held by accounts of one base
 * currency form a lane, in chunks of consecutive rows, so that marking a symbol walks memory forward. Lanes whose
 * instrument is in another currency than the account ("foreign") carry their figures in base beside them.
 * Rows are never removed: a flat position keeps its realized P&L.
 */
import { grown, nextCapacity } from './grow.ts';

/** Rows that always belong to one lane; a lane grows by chunks of some of them, each chunk as large as all before. */
export const granuleRows = 16;
const chunkRowsMax = 512;
/** In `next`: of a row that is in no chain. */
const unchained = -2;

/** Figures in the account's base currency, by row of a foreign lane's granule; offsets into `foreignOf`. */
export const foreignValue = 0;
export const foreignUnrealized = granuleRows;
export const foreignRealized = 2 * granuleRows;
export const foreignFees = 3 * granuleRows;

export interface Lane {
  readonly symbol: number;
  /** Index of the pair (instrument's currency, accounts' base currency). */
  readonly pair: number;
  readonly isForeign: boolean;
  /** First row of each chunk, and how many rows of it are in use. */
  readonly chunks: number[];
  readonly sizes: number[];
  /** Rows in use, and rows there is room for. */
  count: number;
  capacity: number;
  /** Never less than any |quantity| and |cost| of the lane: what bounds its values at a price. */
  quantityBound: number;
  costBound: number;
  /** Never less than any row's part of its account's total at the lane's mark. */
  valueBound: number;
}

/** Which symbols somebody holds, or held. */
export interface HeldSymbols {
  /** Grows with every symbol that is first held by accounts of a base currency. */
  readonly laneCount: number;
  lanesOf(symbol: number): readonly Lane[];
}

export class Holdings implements HeldSymbols {
  count = 0;
  laneCount = 0;
  account = new Int32Array(0);
  /** The account's next holding, -1 at the end of its chain. */
  next = new Int32Array(0);
  /** Signed, at the instrument's quantity scale. */
  quantity = new Float64Array(0);
  /** Minor units of the instrument's currency: what the open quantity cost. */
  cost = new Float64Array(0);
  realized = new Float64Array(0);
  fees = new Float64Array(0);
  /** Market value at the mark, or the cost where there is no mark. */
  value = new Float64Array(0);
  /** Fees in base beyond `fees`, of local holdings that paid some in another currency: rare, so not a column. */
  readonly otherFees = new Map<number, number>();

  private rows = 0;
  /** Rows of accounts that were emptied, until their account opens them again. */
  private spares: number[] = [];
  /** Symbols held that had no mark when last asked. */
  private readonly unmarked = new Set<number>();
  private readonly laneOfGranule: Lane[] = [];
  /** The same lanes' symbols: looking for a holding asks for nothing else, and lanes lie all over the memory. */
  private symbolOfGranule = new Int32Array(0);
  /** By granule, for foreign lanes only: four columns of `granuleRows`. */
  private readonly foreignOfGranule: (Float64Array | undefined)[] = [];
  /** By symbol: its lanes, one a base currency. */
  private readonly lanes: (Lane[] | undefined)[] = [];
  private readonly lanesByPair: Lane[][] = [];
  /** Open addressing on (account, symbol): row + 1, 0 is empty. */
  private index = new Int32Array(16);

  lanesOf(symbol: number): readonly Lane[] {
    return this.lanes[symbol] ?? [];
  }

  lanesOfPair(pair: number): readonly Lane[] {
    return this.lanesByPair[pair] ?? [];
  }

  laneOf(row: number): Lane {
    return this.laneOfGranule[(row / granuleRows) | 0] as Lane;
  }

  symbolOf(row: number): number {
    return this.symbolOfGranule[(row / granuleRows) | 0] ?? -1;
  }

  /** The columns in base of the granule of a foreign lane's row; its place in each is `row % granuleRows`. */
  foreignOf(row: number): Float64Array {
    return this.foreignOfGranule[(row / granuleRows) | 0] as Float64Array;
  }

  /** The account's holding of the symbol, or -1. */
  find(account: number, symbol: number): number {
    const mask = this.index.length - 1;
    for (let at = hash(account, symbol) & mask; ; at = (at + 1) & mask) {
      const row = (this.index[at] ?? 0) - 1;
      if (row < 0) return -1;
      if (this.account[row] !== account || this.symbolOf(row) !== symbol) continue;
      if (this.next[row] !== unchained) return row;
    }
  }

  /** A new, flat holding; `next` is the head of the account's chain so far. */
  open(account: number, symbol: number, pair: number, isForeign: boolean, next: number): number {
    const lane = this.lane(symbol, pair, isForeign);
    if (this.spares.length > 0) {
      const spare = this.spares.find((at) => this.account[at] === account && this.laneOf(at) === lane);
      if (spare !== undefined) {
        this.spares = this.spares.filter((at) => at !== spare);
        this.next[spare] = next;
        return spare;
      }
    }
    if (lane.count === lane.capacity) this.addChunk(lane);
    const last = lane.chunks.length - 1;
    const used = lane.sizes[last] ?? 0;
    const row = (lane.chunks[last] ?? 0) + used;
    lane.sizes[last] = used + 1;
    lane.count++;
    this.account[row] = account;
    this.next[row] = next;
    this.count++;
    if (this.count * 3 > this.index.length * 2) this.rehash(this.index.length * 2);
    else this.insert(row, symbol);
    return row;
  }

  /**
   * Empties every holding of the account: not found, in no chain any more. Looks at all rows, not along the chain, which
   * may be what is damaged.
   */
  clear(account: number): void {
    for (const at of this.index) {
      const row = at - 1;
      if (row < 0 || this.account[row] !== account) continue;
      this.quantity[row] = this.cost[row] = this.realized[row] = this.fees[row] = this.value[row] = 0;
      this.otherFees.delete(row);
      if (this.laneOf(row).isForeign) {
        for (let column = row % granuleRows; column < 4 * granuleRows; column += granuleRows) {
          this.foreignOf(row)[column] = 0;
        }
      }
      this.next[row] = unchained;
      if (!this.spares.includes(row)) this.spares.push(row);
    }
  }

  /** Whether a symbol that somebody held has no mark; a symbol that has one is not asked about again. */
  hasUnmarked(hasMark: (symbol: number) => boolean): boolean {
    for (const symbol of this.unmarked) if (hasMark(symbol)) this.unmarked.delete(symbol);
    return this.unmarked.size > 0;
  }

  private lane(symbol: number, pair: number, isForeign: boolean): Lane {
    const lanes = (this.lanes[symbol] ??= []);
    let lane = lanes.find((l) => l.pair === pair);
    if (!lane) {
      lane = newLane(symbol, pair, isForeign);
      lanes.push(lane);
      this.laneCount++;
      this.unmarked.add(symbol);
      (this.lanesByPair[pair] ??= []).push(lane);
    }
    return lane;
  }

  private addChunk(lane: Lane): void {
    const first = this.rows;
    const size = Math.min(chunkRowsMax, Math.max(granuleRows, lane.count));
    this.rows += size;
    if (this.rows > this.account.length) this.grow(this.rows);
    lane.chunks.push(first);
    lane.sizes.push(0);
    lane.capacity += size;
    for (let granule = first / granuleRows; granule < this.rows / granuleRows; granule++) {
      if (lane.isForeign) this.foreignOfGranule[granule] = new Float64Array(4 * granuleRows);
      this.laneOfGranule.push(lane);
      this.symbolOfGranule[granule] = lane.symbol;
    }
  }

  private grow(needed: number): void {
    const capacity = nextCapacity(this.account.length, needed);
    this.symbolOfGranule = grown(this.symbolOfGranule, Math.ceil(capacity / granuleRows));
    this.account = grown(this.account, capacity);
    this.next = grown(this.next, capacity);
    this.quantity = grown(this.quantity, capacity);
    this.cost = grown(this.cost, capacity);
    this.realized = grown(this.realized, capacity);
    this.fees = grown(this.fees, capacity);
    this.value = grown(this.value, capacity);
  }

  private insert(row: number, symbol: number): void {
    const mask = this.index.length - 1;
    let at = hash(this.account[row] ?? 0, symbol) & mask;
    while (this.index[at] !== 0) at = (at + 1) & mask;
    this.index[at] = row + 1;
  }

  private rehash(length: number): void {
    this.index = new Int32Array(length);
    for (const lanes of this.lanes) {
      for (const lane of lanes ?? []) {
        for (const row of rowsOf(lane)) this.insert(row, lane.symbol);
      }
    }
  }
}

function newLane(symbol: number, pair: number, isForeign: boolean): Lane {
  return {
    symbol,
    pair,
    isForeign,
    chunks: [],
    sizes: [],
    count: 0,
    capacity: 0,
    quantityBound: 0,
    costBound: 0,
    valueBound: 0,
  };
}

/** The rows of a lane, memory forward. */
export function* rowsOf(lane: Lane): Generator<number> {
  for (let chunk = 0; chunk < lane.chunks.length; chunk++) {
    const first = lane.chunks[chunk] ?? 0;
    const end = first + (lane.sizes[chunk] ?? 0);
    for (let row = first; row < end; row++) yield row;
  }
}

function hash(account: number, symbol: number): number {
  let h = Math.imul(account + 1, 0x9e3779b1) ^ Math.imul(symbol + 1, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
