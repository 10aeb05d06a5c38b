/** One account of the oracle: the facts of its ledger, what was seen, its performance and its day. Holds, decides nothing. */
import type { Booking, Books, Fact } from './books.ts';
import { add, foldFacts } from './books.ts';
import type { Market } from './market.ts';
import { navAtStart, Performance } from './performance.ts';

export interface Day {
  /** Milliseconds; null until something tells the time. */
  end: number | null;
  openEquity: bigint;
  openNav: bigint;
  /** Net flow when the day began. */
  openFlow: bigint;
}

/** As it stood after the last tick: there a day begins of which the events have the time of the next tick. */
export interface AtTick {
  readonly equity: bigint;
  readonly nav: bigint | null;
  readonly flow: bigint;
  readonly epochs: number;
}

/** What each book comes to in base, by its name, and of each symbol. */
interface BaseSums {
  readonly books: Books;
  /** The board at which it does. */
  readonly at: number;
  readonly inBase: ReadonlyMap<string, bigint>;
}

export class OracleAccount {
  readonly id: string;
  base: string;
  timezone = 'America/New_York';
  cutover = '17:00';
  sequence = 0;
  isClosed = false;
  /** Applied in order; everything else about money follows from them. */
  readonly facts: Fact[] = [];
  /** Whether it ever took a fact in, voided since or not: its base currency is fixed then. */
  hasBooked = false;
  /** Facts by kind and id of the events that can be voided. */
  readonly voidable = new Map<string, readonly Fact[]>();
  /** Voids of events that have not come, with the last moment at which they may. */
  waitingVoids: { key: string; content: string; of: string; until: number }[] = [];
  /** Content by kind and id. */
  readonly seen = new Map<string, string>();
  readonly performance: Performance;
  readonly day: Day = { end: null, openEquity: 0n, openNav: navAtStart, openFlow: 0n };
  atTick: AtTick = { equity: 0n, nav: null, flow: 0n, epochs: 1 };
  /** Something was applied that has the time of the next tick. */
  waitsForTime = false;
  hasNews = true;
  lastFigures = '';
  private readonly market: Market;
  private folded: { facts: number; books: Books } | null = null;
  private sums: BaseSums | null = null;

  constructor(id: string, base: string, dust: bigint, market: Market) {
    this.id = id;
    this.base = base;
    this.market = market;
    this.performance = new Performance(dust);
  }

  /** The books now. Folded from the first fact on; asked twice without a new fact, the same. */
  books(): Books {
    if (this.folded?.facts !== this.facts.length) {
      this.folded = { facts: this.facts.length, books: foldFacts(this.facts, this.market) };
    }
    return this.folded.books;
  }

  /** Takes facts back that were only tried. */
  forget(count: number): void {
    this.facts.length -= count;
    this.folded = null;
  }

  takeOut(facts: readonly Fact[]): void {
    for (const fact of facts) this.facts.splice(this.facts.indexOf(fact), 1);
    this.folded = null;
  }

  isFlat(): boolean {
    return [...this.books().positions.values()].every((p) => p.quantity === 0n);
  }

  isEmpty(): boolean {
    return this.isFlat() && [...this.books().cash.values()].every((x) => x === 0n);
  }

  /** A booking in base: at the rate of its moment, or of the first tick that had one; null until then. */
  inBase(booking: Booking): { amount: bigint; at: number } | null {
    for (let at = booking.at; at <= this.market.now; at++) {
      const amount = this.market.convert(at, booking.amount, booking.currency, this.base);
      if (amount !== null) return { amount, at };
    }
    return null;
  }

  /** What a book comes to in base, of the whole account or of one symbol. */
  bookedInBase(book: Booking['book'], symbol?: string): bigint {
    return this.sumsInBase().get(symbol === undefined ? book : `${book} ${symbol}`) ?? 0n;
  }

  /** All of them in one pass: an account may have as many bookings as it has events. Once for the same books and board. */
  private sumsInBase(): ReadonlyMap<string, bigint> {
    const books = this.books();
    const { now } = this.market;
    if (this.sums?.books === books && this.sums.at === now) return this.sums.inBase;
    const inBase = new Map<string, bigint>();
    for (const each of books.bookings) {
      const amount = this.inBase(each)?.amount ?? 0n;
      add(inBase, each.book, amount);
      if (each.symbol !== null) add(inBase, `${each.book} ${each.symbol}`, amount);
    }
    this.sums = { books, at: now, inBase };
    return inBase;
  }

  cashInBase(only: (currency: string) => boolean = () => true): bigint {
    let sum = 0n;
    for (const [currency, amount] of this.books().cash) {
      if (only(currency)) sum += this.market.convert(this.market.now, amount, currency, this.base) ?? 0n;
    }
    return sum;
  }

  positionsInBase(only: (currency: string) => boolean = () => true): bigint {
    let sum = 0n;
    for (const { symbol, quantity, cost } of this.books().positions.values()) {
      const { currency, style } = this.market.instrument(symbol);
      if (!only(currency)) continue;
      const value = this.marketValue(symbol, quantity, cost);
      const counted = style === 'margined' ? value - cost : value;
      sum += this.market.convert(this.market.now, counted, currency, this.base) ?? 0n;
    }
    return sum;
  }

  equity(only?: (currency: string) => boolean): bigint {
    return this.cashInBase(only) + this.positionsInBase(only);
  }

  /** Without a price, what it cost. */
  marketValue(symbol: string, quantity: bigint, cost: bigint): bigint {
    const mark = this.market.mark(this.market.now, symbol, quantity);
    return mark === null ? cost : this.market.value(symbol, quantity, mark);
  }

  netFlow(): bigint {
    return this.bookedInBase('flow');
  }
}
