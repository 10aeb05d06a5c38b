/**
 * What LEDGER comes to, by the suite's own oracle: the verdict on each element of each message, and the facts that
 * follow, in BigInt and from the beginning. Knows no price: what depends on one is compared with what was recorded.
 */
import type { Books, Fact } from '../support/oracle/books.ts';
import { foldFacts } from '../support/oracle/books.ts';
import { atScale, decimalOf, fitsScale } from '../support/oracle/exact.ts';
import type { Message } from '../support/oracle/judge.ts';
import { contentOf, isArea, isCurrencyCode, isMessage, judgeShape } from '../support/oracle/judge.ts';
import { Market } from '../support/oracle/market.ts';
import type { LedgerEntry } from './server.ts';
import { instruments } from './workload.ts';

export interface ExpectedElement {
  readonly sequence: number;
  readonly index: number;
  readonly account: string;
  /** '' where it was applied, 'duplicate', or the reason of its rejection. */
  readonly verdict: string;
  readonly fact: Fact | null;
}

export interface ExpectedAccount {
  readonly id: string;
  readonly facts: Fact[];
  /** Of each fact: whose message it came by. */
  readonly elements: ExpectedElement[];
  /** Sequences of all elements that were applied. */
  readonly applied: number[];
  readonly seen: Map<string, string>;
  isClosed: boolean;
  sequence: number;
}

export class ExpectedLedger {
  readonly accounts = new Map<string, ExpectedAccount>();
  /** By LEDGER sequence. */
  readonly elements: ExpectedElement[][] = [[]];
  /** Prices of applied settlements, by symbol. */
  private readonly paid = new Set<string>();
  readonly market = new Market('USD', 'mid', 'never');

  constructor() {
    for (const [symbol, fields] of instruments) this.market.describe(symbol, fields);
  }

  /** Everything up to the end of the ledger that is not read yet. */
  read(ledger: readonly LedgerEntry[]): void {
    for (let i = this.elements.length - 1; i < ledger.length; i++) this.elements.push(this.judge(ledger[i]!));
  }

  books(account: ExpectedAccount): Books {
    return foldFacts(account.facts, this.market);
  }

  /** The account's books as they were after its elements up to a LEDGER sequence. */
  booksAt(account: ExpectedAccount, sequence: number): Books {
    let end = account.elements.length;
    while (end > 0 && account.elements[end - 1]!.sequence > sequence) end--;
    return foldFacts(account.facts.slice(0, end), this.market);
  }

  /** How many elements of an account are applied up to a sequence, those that say nothing about money among them. */
  appliedThrough(account: ExpectedAccount, sequence: number): number {
    return countThrough(account.applied, sequence);
  }

  /** Whether an applied settlement of the symbol had this price. */
  wasPaid(symbol: string, price: bigint): boolean {
    return this.paid.has(`${symbol} ${price}`);
  }

  private judge({ sequence, subject, data }: LedgerEntry): ExpectedElement[] {
    const [area, id = ''] = subject.split('.');
    let body: unknown;
    try {
      body = JSON.parse(Buffer.from(data).toString());
    } catch {
      body = undefined;
    }
    const known = this.accounts.get(id);
    const account: ExpectedAccount = known ?? {
      id,
      facts: [],
      elements: [],
      applied: [],
      seen: new Map(),
      isClosed: false,
      sequence: 0,
    };
    let isOpen = known !== undefined;
    const list: readonly unknown[] = Array.isArray(body) ? body : [body];
    const elements = list.map((message, index): ExpectedElement => {
      const judged = this.judgeOne(account, isOpen, area, message);
      isOpen ||= judged.verdict === '';
      const element = { sequence, index, account: id, ...judged };
      if (judged.verdict === '') account.applied.push(sequence);
      if (judged.fact !== null) {
        account.facts.push(judged.fact);
        account.elements.push(element);
        if (judged.fact.kind === 'trade') this.paid.add(`${judged.fact.symbol} ${judged.fact.price}`);
      }
      return element;
    });
    if (!isOpen) return elements;
    this.accounts.set(id, account);
    account.sequence = sequence;
    return elements;
  }

  private judgeOne(
    account: ExpectedAccount,
    isOpen: boolean,
    area: string | undefined,
    message: unknown,
  ): { verdict: string; fact: Fact | null } {
    const refuse = (verdict: string): { verdict: string; fact: null } => ({ verdict, fact: null });
    if (!isArea(area) || !isMessage(message)) return refuse('malformed');
    const misshapen = judgeShape(area, message);
    if (misshapen !== null) return refuse(misshapen);
    if (area === 'accounts') {
      if (!isOpen && message['type'] !== 'open') return refuse('account_unknown');
      return refuse(this.administer(account, message));
    }
    const currency = area === 'cash' ? 'USD' : this.market.instrument(message['symbol'] as string).currency;
    const key = `${area} ${String(message['id'])}`;
    const content = contentOf(area, message, currency);
    const before = account.seen.get(key);
    if (before !== undefined) return refuse(before === content ? 'duplicate' : 'id_conflict');
    if (account.isClosed) return refuse('account_closed');
    if (![message['currency'], message['fee_currency'], message['to_currency']].every(isCurrencyCode)) {
      return refuse('currency_unknown');
    }
    const fact = area === 'cash' ? cashFact(message) : this.tradeFact(message);
    if (typeof fact === 'string') return refuse(fact);
    account.seen.set(key, content);
    return { verdict: '', fact };
  }

  private administer(account: ExpectedAccount, message: Message): string {
    if (message['type'] === 'close') {
      const { cash, positions } = this.books(account);
      const isEmpty =
        [...cash.values()].every((x) => x === 0n) && [...positions.values()].every((p) => p.quantity === 0n);
      if (!isEmpty) return 'account_not_empty';
      account.isClosed = true;
    }
    if (message['type'] === 'open') account.isClosed = false;
    return '';
  }

  private tradeFact(m: Message): Fact | string {
    const symbol = m['symbol'] as string;
    const { currency, price_scale, quantity_scale, style } = this.market.instrument(symbol);
    const zero = { n: 0n, d: 1n };
    const quantity = decimalOf(m['quantity']) ?? zero;
    const price = decimalOf(m['price']) ?? zero;
    const feeQuantity = decimalOf(m['fee_quantity'] ?? 0) ?? zero;
    const areInScale = [quantity, feeQuantity].every((x) => fitsScale(x, quantity_scale));
    if (!areInScale || !fitsScale(price, price_scale)) return 'precision_exceeds_scale';
    if (quantity.n <= 0n) return 'quantity_not_positive';
    const isTransfer = m['type'] === 'transfer';
    if (style === 'margined' && (isTransfer || feeQuantity.n !== 0n)) return 'style_forbids';
    const units = atScale(quantity, quantity_scale);
    return {
      kind: 'trade',
      at: 0,
      symbol,
      quantity: m['side'] === 'buy' || m['side'] === 'in' ? units : -units,
      price: atScale(price, price_scale),
      isTransfer,
      fee: BigInt((m['fee'] as number | undefined) ?? 0),
      feeCurrency: (m['fee_currency'] as string | undefined) ?? currency,
      feeQuantity: atScale(feeQuantity, quantity_scale),
    };
  }
}

function cashFact(m: Message): Fact | string {
  const amount = BigInt(m['amount'] as number);
  const mayBeNegative = ['fee', 'dividend', 'interest'].includes(m['type'] as string);
  if (amount === 0n || (amount < 0n && !mayBeNegative)) return 'quantity_not_positive';
  const currency = (m['currency'] as string | undefined) ?? 'USD';
  const of = (book: 'flow' | 'fees' | 'income', signed: bigint): Fact => {
    return { kind: 'cash', at: 0, entries: [{ book, currency, amount: signed }] };
  };
  switch (m['type']) {
    case 'deposit':
      return of('flow', amount);
    case 'withdrawal':
      return of('flow', -amount);
    case 'fee':
      return of('fees', amount);
    case 'conversion': {
      const bought = BigInt(m['to_amount'] as number);
      if (bought <= 0n) return 'quantity_not_positive';
      const other = m['to_currency'] as string;
      // Two flows, or where both currencies had rates none: cash is the same.
      const entries = [
        { book: 'flow', currency, amount: -amount },
        { book: 'flow', currency: other, amount: bought },
      ] as const;
      return { kind: 'cash', at: 0, entries };
    }
    default:
      return of('income', amount);
  }
}

/** How many of ascending sequences are at or below one. */
export function countThrough(sequences: readonly number[], last: number): number {
  let from = 0;
  let to = sequences.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sequences[middle]! <= last) from = middle + 1;
    else to = middle;
  }
  return from;
}
