/**
 * Pockets: the cash and the books of one account in one currency. The identity holds in each of them, exactly:
 * cash + cost of spot positions = flow + realized + income - fees + converted.
 */
import { grown, nextCapacity } from './grow.ts';

export class Pockets {
  count = 0;
  account = new Int32Array(0);
  /** The account's next pocket, -1 at the end of its chain. */
  next = new Int32Array(0);
  /** Index of the pair (this currency, the account's base currency). */
  pair = new Int32Array(0);
  cash = new Float64Array(0);
  /** Cash in base at the current rate; 0 where there is none. */
  cashBase = new Float64Array(0);
  flow = new Float64Array(0);
  realized = new Float64Array(0);
  income = new Float64Array(0);
  fees = new Float64Array(0);
  converted = new Float64Array(0);
  /** Rows of accounts that were emptied, until their account opens them again. */
  private spares: number[] = [];
  private readonly byPair: number[][] = [];

  /** Pockets to value again when the pair's rate moves. */
  ofPair(pair: number): readonly number[] {
    return this.byPair[pair] ?? [];
  }

  /** The account's pocket of the pair's currency, or -1; `first` is the head of its chain. */
  find(first: number, pair: number): number {
    for (let row = first; row >= 0; row = this.next[row] ?? -1) if (this.pair[row] === pair) return row;
    return -1;
  }

  open(account: number, pair: number, isForeign: boolean, next: number): number {
    if (this.spares.length > 0) {
      const spare = this.spares.find((at) => this.account[at] === account && this.pair[at] === pair);
      if (spare !== undefined) {
        this.spares = this.spares.filter((at) => at !== spare);
        this.next[spare] = next;
        return spare;
      }
    }
    const row = this.count++;
    if (row >= this.account.length) this.grow(this.count);
    this.account[row] = account;
    this.next[row] = next;
    this.pair[row] = pair;
    if (isForeign) (this.byPair[pair] ??= []).push(row);
    return row;
  }

  /** Empties every pocket of the account, in no chain any more. Looks at all rows: a chain may be what is damaged. */
  clear(account: number): void {
    for (let row = 0; row < this.count; row++) {
      if (this.account[row] !== account) continue;
      this.cash[row] = this.cashBase[row] = this.flow[row] = this.realized[row] = 0;
      this.income[row] = this.fees[row] = this.converted[row] = 0;
      this.next[row] = -1;
      if (!this.spares.includes(row)) this.spares.push(row);
    }
  }

  private grow(needed: number): void {
    const capacity = nextCapacity(this.account.length, needed);
    this.account = grown(this.account, capacity);
    this.next = grown(this.next, capacity);
    this.pair = grown(this.pair, capacity);
    this.cash = grown(this.cash, capacity);
    this.cashBase = grown(this.cashBase, capacity);
    this.flow = grown(this.flow, capacity);
    this.realized = grown(this.realized, capacity);
    this.income = grown(this.income, capacity);
    this.fees = grown(this.fees, capacity);
    this.converted = grown(this.converted, capacity);
  }
}
