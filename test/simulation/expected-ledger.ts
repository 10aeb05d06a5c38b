/**
 * What LEDGER comes to, by the suite's own oracle: the verdict on each element of each message, and the facts that
 * follow, in BigInt and from the beginning. Knows no price: what depends on one is compared with what was recorded.
 */
import type { Fact } from '../support/oracle/books.ts';
import { tradeFact } from '../support/oracle/facts.ts';
import type { Message } from '../support/oracle/judge.ts';
import { contentOf, isArea, isCurrencyCode, isMessage, judgeShape } from '../support/oracle/judge.ts';
import { Market } from '../support/oracle/market.ts';
import type { ExpectedElement, ExpectedEntry } from './expected-account.ts';
import { ExpectedAccount } from './expected-account.ts';
import { ExpectedVoids } from './expected-voids.ts';
import type { LedgerEntry } from './server.ts';
import { instruments } from './workload.ts';

export class ExpectedLedger {
  readonly accounts = new Map<string, ExpectedAccount>();
  /** By LEDGER sequence. */
  readonly elements: ExpectedElement[][] = [[]];
  /** Prices of applied settlements, by symbol. */
  private readonly paid = new Set<string>();
  readonly market = new Market('USD', 'mid', 'never');
  private readonly voids: ExpectedVoids;
  private applied = 0;

  constructor(voidsWaitMs: number) {
    for (const [symbol, fields] of instruments) this.market.describe(symbol, fields);
    this.voids = new ExpectedVoids(voidsWaitMs);
  }

  /** Everything up to the end of the ledger that is not read yet. */
  read(ledger: readonly LedgerEntry[]): void {
    for (let i = this.elements.length - 1; i < ledger.length; i++) this.elements.push(this.judge(ledger[i]!));
  }

  /** How many elements of an account are applied up to a sequence, those that say nothing about money among them. */
  appliedThrough(account: ExpectedAccount, sequence: number): number {
    return countThrough(account.applied, sequence);
  }

  /** Whether an applied settlement of the symbol had this price. */
  wasPaid(symbol: string, price: bigint): boolean {
    return this.paid.has(`${symbol} ${price}`);
  }

  private judge({ sequence, subject, data, time }: LedgerEntry): ExpectedElement[] {
    this.voids.expire(time);
    const [area, id = ''] = subject.split('.');
    let body: unknown;
    try {
      body = JSON.parse(Buffer.from(data).toString());
    } catch {
      body = undefined;
    }
    const known = this.accounts.get(id);
    const account = known ?? new ExpectedAccount(id, this.market);
    let isOpen = known !== undefined;
    const list: readonly unknown[] = Array.isArray(body) ? body : [body];
    const elements: ExpectedElement[] = [];
    /** Voids that had waited and take effect with this message, behind its elements. */
    const late: ExpectedElement[] = [];
    let places = list.length;
    const element = (index: number): ExpectedElement => {
      return { sequence, index, account: id, verdict: '', order: NaN, fact: null, undone: null };
    };
    const wakeVoids = (key: string): void => {
      for (const waiting of this.voids.takeWaitingFor(account, key)) {
        const again = element(places++);
        again.verdict = this.voids.judge(account, again, waiting, NaN);
        // Where it waited nothing becomes of it but its refusal.
        if (again.verdict !== '') waiting.element.verdict = again.verdict;
        else {
          late.push(again);
          this.take(account, again);
          wakeVoids(waiting.key);
        }
      }
    };
    list.forEach((message, index) => {
      const judged = element(index);
      const key = this.judgeOne(account, isOpen, area, message, judged, time);
      elements.push(judged);
      isOpen ||= judged.verdict === '' || judged.verdict === 'waits';
      if (judged.verdict !== '') return;
      const entry = this.take(account, judged);
      if (key === null) return;
      if (entry !== null) account.voidable.set(key, entry);
      wakeVoids(key);
    });
    if (!isOpen) return elements;
    this.accounts.set(id, account);
    account.sequence = sequence;
    return [...elements, ...late];
  }

  /** The element is applied. */
  private take(account: ExpectedAccount, element: ExpectedElement): ExpectedEntry | null {
    element.order = ++this.applied;
    account.applied.push(element.sequence);
    const { fact, undone } = element;
    if (undone !== null) undone.target.voidedBy = element;
    if (fact === null) return null;
    if (fact.kind === 'trade') this.paid.add(`${fact.symbol} ${fact.price}`);
    const entry = { fact, element, voidedBy: null };
    account.entries.push(entry);
    return entry;
  }

  /** Sets the element's verdict and what it is; the key of an event that has an id, by which it may be voided. */
  private judgeOne(
    account: ExpectedAccount,
    isOpen: boolean,
    area: string | undefined,
    message: unknown,
    element: ExpectedElement,
    time: number,
  ): string | null {
    const refuse = (verdict: string): null => {
      element.verdict = verdict;
      return null;
    };
    if (!isArea(area) || !isMessage(message)) return refuse('malformed');
    const misshapen = judgeShape(area, message);
    if (misshapen !== null) return refuse(misshapen);
    if (area === 'accounts') {
      if (!isOpen && message['type'] !== 'open') return refuse('account_unknown');
      return refuse(this.administer(account, message));
    }
    const isVoid = message['type'] === 'void';
    const currency =
      area === 'cash' || isVoid ? account.base : this.market.instrument(message['symbol'] as string).currency;
    const key = `${area} ${String(message['id'])}`;
    const content = contentOf(area, message, currency);
    const before = account.seen.get(key) ?? this.voids.contentOfWaiting(account, key);
    if (before !== undefined) return refuse(before === content ? 'duplicate' : 'id_conflict');
    if (account.isClosed) return refuse('account_closed');
    if (isVoid) {
      const of = `${area} ${String(message['of'])}`;
      element.verdict = this.voids.judge(account, element, { key, content, of }, time);
      return key;
    }
    if (![message['currency'], message['fee_currency'], message['to_currency']].every(isCurrencyCode)) {
      return refuse('currency_unknown');
    }
    const fact = area === 'cash' ? cashFact(message, account.base) : tradeFact(message, this.market);
    if (typeof fact === 'string') return refuse(fact);
    account.seen.set(key, content);
    element.fact = fact;
    return key;
  }

  private administer(account: ExpectedAccount, message: Message): string {
    if (message['type'] === 'close') {
      const { cash, positions } = account.books();
      const isEmpty =
        [...cash.values()].every((x) => x === 0n) && [...positions.values()].every((p) => p.quantity === 0n);
      if (!isEmpty) return 'account_not_empty';
      account.isClosed = true;
    }
    if (message['type'] === 'open') account.isClosed = false;
    const base = message['base_currency'];
    if (typeof base === 'string' && account.entries.length === 0) account.base = base;
    return '';
  }
}

function cashFact(m: Message, base: string): Fact | string {
  const amount = BigInt(m['amount'] as number);
  const mayBeNegative = ['fee', 'dividend', 'interest'].includes(m['type'] as string);
  if (amount === 0n || (amount < 0n && !mayBeNegative)) return 'quantity_not_positive';
  const currency = (m['currency'] as string | undefined) ?? base;
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
