/**
 * An account of the expected ledger: what was applied to it, in order, and what was voided since. Its books are folded
 * anew whenever somebody asks. Decides nothing.
 */
import type { Books, Fact } from '../support/oracle/books.ts';
import { foldFacts } from '../support/oracle/books.ts';
import type { Market } from '../support/oracle/market.ts';

export interface ExpectedElement {
  readonly sequence: number;
  /** Of a void that had waited: after the elements of the message with which it takes effect. */
  readonly index: number;
  readonly account: string;
  /** '' where it was applied, 'duplicate', 'waits' of a void that nothing became of here, or why it was refused. */
  verdict: string;
  /** Among all that were applied: a void that had waited comes in the middle of its message. */
  order: number;
  fact: Fact | null;
  /** Of a void that takes effect. */
  undone: Undone | null;
}

/** An event that was applied. */
export interface ExpectedEntry {
  readonly fact: Fact;
  readonly element: ExpectedElement;
  voidedBy: ExpectedElement | null;
}

/** What a trade realizes, in its own currency, before and after an earlier one of its symbol is voided. */
export interface RealizedChange {
  readonly entry: ExpectedEntry;
  readonly was: bigint;
  readonly is: bigint;
}

export interface Undone {
  readonly target: ExpectedEntry;
  /** Of a trade: itself first, then those after it that realize something else without it. */
  readonly realized: readonly RealizedChange[];
}

export class ExpectedAccount {
  readonly id: string;
  /** In the order in which they were applied. */
  readonly entries: ExpectedEntry[] = [];
  /** Sequences of all elements that were applied. */
  readonly applied: number[] = [];
  /** Content by kind and id. */
  readonly seen = new Map<string, string>();
  /** By kind and id. */
  readonly voidable = new Map<string, ExpectedEntry>();
  /** Its base currency, which is fixed once anything was booked. */
  base = 'USD';
  isClosed = false;
  sequence = 0;
  private readonly market: Market;

  constructor(id: string, market: Market) {
    this.id = id;
    this.market = market;
  }

  books(): Books {
    return foldFacts(factsOf(this.entries.filter(({ voidedBy }) => voidedBy === null)), this.market);
  }

  /** As they were after the account's message of a LEDGER sequence. */
  booksAt(sequence: number): Books {
    const then = this.entries.filter(
      ({ element, voidedBy }) =>
        element.sequence <= sequence && (voidedBy === null || voidedBy.sequence > sequence),
    );
    return foldFacts(factsOf(then), this.market);
  }

  undo(target: ExpectedEntry): Undone {
    if (target.fact.kind !== 'trade') return { target, realized: [] };
    const { symbol } = target.fact;
    const before = this.tradesOf(symbol).filter(({ voidedBy }) => voidedBy === null);
    const was = this.realizedBy(before);
    const others = before.filter((entry) => entry !== target);
    const is = this.realizedBy(others);
    const changes = others.flatMap((entry): RealizedChange[] => {
      const change = { entry, was: was.get(entry) ?? 0n, is: is.get(entry) ?? 0n };
      return change.was === change.is ? [] : [change];
    });
    return { target, realized: [{ entry: target, was: was.get(target) ?? 0n, is: 0n }, ...changes] };
  }

  /** What a trade realized when it was applied. */
  realizedThen(entry: ExpectedEntry): bigint {
    if (entry.fact.kind !== 'trade') return 0n;
    const { element } = entry;
    const then = this.tradesOf(entry.fact.symbol).filter(
      (each) =>
        each.element.order <= element.order &&
        (each.voidedBy === null || each.voidedBy.order > element.order),
    );
    return this.realizedBy(then).get(entry) ?? 0n;
  }

  private tradesOf(symbol: string): ExpectedEntry[] {
    return this.entries.filter(({ fact }) => fact.kind === 'trade' && fact.symbol === symbol);
  }

  /** Every trade has one booking of what it realized. */
  private realizedBy(trades: readonly ExpectedEntry[]): Map<ExpectedEntry, bigint> {
    const { bookings } = foldFacts(factsOf(trades), this.market);
    const realized = bookings.filter(({ book }) => book === 'realized');
    return new Map(trades.map((entry, i) => [entry, realized[i]?.amount ?? 0n]));
  }
}

function factsOf(entries: readonly ExpectedEntry[]): Fact[] {
  return entries.map(({ fact }) => fact);
}
