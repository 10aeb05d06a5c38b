/** A book told a story about one account `a`: short words for what happens, the figures for what came of it. */
import assert from 'node:assert/strict';
import type { BenchOptions } from './ledger-bench.ts';
import { LedgerBench } from './ledger-bench.ts';
import type { OracleVerdict } from './oracle.ts';

type Fields = Readonly<Record<string, unknown>>;
type Figures = Readonly<Record<string, unknown>>;

export class BookStory {
  readonly bench: LedgerBench;
  private sequence = 0;
  private priced = 0;

  constructor(options: BenchOptions = {}, instruments: Readonly<Record<string, object>> = {}) {
    this.bench = new LedgerBench(options);
    for (const [symbol, fields] of Object.entries(instruments)) this.bench.instrument(symbol, fields);
  }

  /** What the book makes of a message; its id is new unless given. */
  tell(subject: string, fields: Fields, time?: number): OracleVerdict {
    const sequence = ++this.sequence;
    return this.bench.apply(subject, { id: `i${sequence}`, ...fields }, sequence, time);
  }

  private settled(subject: string, fields: Fields, time?: number): void {
    assert.deepEqual(this.tell(subject, fields, time), { applied: true }, JSON.stringify(fields));
  }

  buy(symbol: string, quantity: string | number, price: string | number, more: Fields = {}): void {
    this.settled('settlements.a', { symbol, side: 'buy', quantity, price, ...more });
  }

  sell(symbol: string, quantity: string | number, price: string | number, more: Fields = {}): void {
    this.settled('settlements.a', { symbol, side: 'sell', quantity, price, ...more });
  }

  transfer(side: 'in' | 'out', symbol: string, quantity: string | number, price: string | number): void {
    this.settled('settlements.a', { type: 'transfer', symbol, side, quantity, price });
  }

  cash(type: string, amount: number, more: Fields = {}, time?: number): void {
    this.settled('cash.a', { type, amount, ...more }, time);
  }

  /** The account's life: open, configure, close ... */
  account(type: string, more: Fields = {}, time?: number): void {
    this.settled('accounts.a', { type, ...more }, time);
  }

  price(symbol: string, price: string | number): void {
    this.bench.price(symbol, { price, ts: ++this.priced });
  }

  quote(symbol: string, bid: string | number, ask: string | number): void {
    this.bench.price(symbol, { bid, ask, ts: ++this.priced });
  }

  /** Accounts that emit. */
  tick(time?: number): string[] {
    return this.bench.tick(time);
  }

  /** A price and the tick at which it counts. */
  mark(symbol: string, price: string | number, time?: number): void {
    this.price(symbol, price);
    this.tick(time);
  }

  get figures(): Figures {
    const figures = this.bench.inspect('a');
    assert.ok(figures !== null, 'no account a');
    return figures;
  }

  position(symbol: string): Figures {
    const found = (this.figures['positions'] as Figures[]).find((p) => p['symbol'] === symbol);
    assert.ok(found, `no position ${symbol}`);
    return found;
  }

  /** The named figures are these; and the books add up. */
  expect(figures: Figures): void {
    assertFigures(this.figures, figures, '');
    this.expectIdentity();
  }

  expectPosition(symbol: string, figures: Figures): void {
    assertFigures(this.position(symbol), figures, `${symbol} `);
    this.expectIdentity();
  }

  private expectIdentity(): void {
    for (const [currency, residual] of Object.entries(this.bench.identity('a'))) {
      assert.equal(residual, 0n, `the books in ${currency}`);
    }
  }
}

function assertFigures(actual: Figures, expected: Figures, what: string): void {
  for (const [name, figure] of Object.entries(expected)) {
    const found = actual[name];
    const isRatio =
      [found, figure].every((x) => typeof x === 'number') && ![found, figure].every(Number.isInteger);
    if (isRatio) {
      const error = Math.abs((found as number) - (figure as number));
      const tolerance = 1e-9 * Math.max(1, Math.abs(figure as number));
      assert.ok(error < tolerance, `${what}${name}: ${String(found)}, expected ${String(figure)}`);
    } else assert.deepEqual(found, figure, `${what}${name}`);
  }
}
