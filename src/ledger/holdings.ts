/**
 * Holdings: one row for each account and symbol it ever traded. The rows of a symbol held by accounts of one base
 * currency form a lane, in chunks of consecutive rows, so that marking a symbol walks memory forward. Lanes whose
 * instrument is in another currency than the account ("foreign") carry their figures in base beside them.
 * Rows are never removed: a flat position keeps its realized P&L.
 */
import { grown, nextCapacity } from './grow.ts';

export const chunkRows = 32;

/** Figures in the account's base currency, by row of a foreign lane's chunk; offsets into `foreignOf`. */
export const foreignValue = 0;
export const foreignUnrealized = chunkRows;
export const foreignRealized = 2 * chunkRows;
export const foreignFees = 3 * chunkRows;

export interface Lane {
  readonly symbol: number;
  /** Index of the pair (instrument's currency, accounts' base currency). */
  readonly pair: number;
  readonly isForeign: boolean;
  /** First row of each chunk. */
  readonly chunks: number[];
  /** Rows in use. */
  count: number;
}

export class Holdings {
  count = 0;
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
  /** Symbols held that had no mark when last asked. */
  private readonly unmarked = new Set<number>();
  private readonly laneOfChunk: Lane[] = [];
  /** By chunk, for foreign lanes only: four columns of `chunkRows`. */
  private readonly foreignOfChunk: (Float64Array | undefined)[] = [];
  /** By symbol: its lanes, one a base currency. */
  private readonly lanes: Lane[][] = [];
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
    return this.laneOfChunk[(row / chunkRows) | 0] as Lane;
  }

  symbolOf(row: number): number {
    return this.laneOf(row).symbol;
  }

  /** The columns in base of the chunk of a foreign lane's row; its place in each is `row % chunkRows`. */
  foreignOf(row: number): Float64Array {
    return this.foreignOfChunk[(row / chunkRows) | 0] as Float64Array;
  }

  /** The account's holding of the symbol, or -1. */
  find(account: number, symbol: number): number {
    const mask = this.index.length - 1;
    for (let at = hash(account, symbol) & mask; ; at = (at + 1) & mask) {
      const row = (this.index[at] ?? 0) - 1;
      if (row < 0) return -1;
      if (this.account[row] === account && this.symbolOf(row) === symbol) return row;
    }
  }

  /** A new, flat holding; `next` is the head of the account's chain so far. */
  open(account: number, symbol: number, pair: number, isForeign: boolean, next: number): number {
    const lane = this.lane(symbol, pair, isForeign);
    const place = lane.count % chunkRows;
    if (place === 0) this.addChunk(lane);
    const row = (lane.chunks[lane.chunks.length - 1] ?? 0) + place;
    lane.count++;
    this.account[row] = account;
    this.next[row] = next;
    this.count++;
    if (this.count * 3 > this.index.length * 2) this.rehash(this.index.length * 2);
    else this.insert(row, symbol);
    return row;
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
      lane = { symbol, pair, isForeign, chunks: [], count: 0 };
      lanes.push(lane);
      this.unmarked.add(symbol);
      (this.lanesByPair[pair] ??= []).push(lane);
    }
    return lane;
  }

  private addChunk(lane: Lane): void {
    const first = this.rows;
    this.rows += chunkRows;
    if (this.rows > this.account.length) this.grow(this.rows);
    lane.chunks.push(first);
    if (lane.isForeign) this.foreignOfChunk[this.laneOfChunk.length] = new Float64Array(4 * chunkRows);
    this.laneOfChunk.push(lane);
  }

  private grow(needed: number): void {
    const capacity = Math.ceil(nextCapacity(this.account.length, needed) / chunkRows) * chunkRows;
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
        for (let i = 0; i < lane.count; i++) {
          const row = (lane.chunks[(i / chunkRows) | 0] ?? 0) + (i % chunkRows);
          this.insert(row, lane.symbol);
        }
      }
    }
  }
}

function hash(account: number, symbol: number): number {
  let h = Math.imul(account + 1, 0x9e3779b1) ^ Math.imul(symbol + 1, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
