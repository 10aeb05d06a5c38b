/** A real book, filled by ledger messages as the engine's decoder hands them over. */
import { lifecycleTable } from '../../actors/account-lifecycle.ts';
import { InstrumentTable } from '../../src/domain/instrument.ts';
import type { LedgerEvent, LedgerMessage } from '../../src/domain/ledger-event.ts';
import { emptyPriceChanges, type PriceChanges } from '../../src/domain/price-change.ts';
import { SymbolTable } from '../../src/domain/symbol-table.ts';
import { Book } from '../../src/ledger/book.ts';
import type { Judge } from '../../src/ledger/judge.ts';
import { Random } from '../../src/random.ts';

export interface BookFixture {
  readonly book: Book;
  readonly symbols: SymbolTable;
  readonly random: Random;
  /** Rejections and duplicates so far: there are to be none. */
  readonly refused: () => number;
  readonly judge: Judge;
}

const start = Date.UTC(2026, 0, 5, 15);
const noPayload = new Uint8Array(0);
export const priceUnit = 10_000;

export function newBook(symbolCount: number): BookFixture {
  const symbols = new SymbolTable();
  for (let i = 0; i < symbolCount; i++) symbols.intern(`S${i}`);
  const book = new Book(
    {
      baseCurrency: 'USD',
      pivot: 'USD',
      timezone: 'America/New_York',
      cutoverMinutes: 17 * 60,
      autoOpen: true,
      marksAtExit: false,
      dustMinor: 100,
      idsKept: 1024,
      voidsWaitMs: 5_000,
      staleAfterMs: 60_000,
      eventsTakeTickTime: false,
    },
    new InstrumentTable(symbols),
    lifecycleTable(),
  );
  let refused = 0;
  const refuse = (): void => {
    refused++;
  };
  const judge: Judge = {
    applied: () => undefined,
    bookedLate: () => undefined,
    duplicate: refuse,
    stale: refuse,
    rejected: refuse,
    voidWaits: () => undefined,
    voidWaited: () => undefined,
  };
  return { book, symbols, random: new Random(1), refused: () => refused, judge };
}

/** A message of one event; mutable, so that a benchmark can send it again as another. */
export interface MutableMessage extends LedgerMessage {
  sequence: number;
  items: [LedgerEvent];
}

export function message(account: string, sequence: number, event: LedgerEvent): MutableMessage {
  return {
    sequence,
    time: start,
    subject: '',
    account,
    items: [event],
    payload: noPayload,
  };
}

export function deposit(amount: number): LedgerEvent {
  return {
    kind: 'deposit',
    id: 'deposit',
    amount,
    currency: '',
    toCurrency: '',
    toAmount: 0,
    symbol: '',
    effectiveAt: NaN,
    effectiveOn: '',
    notes: '',
    ts: start,
  };
}

/** Whole units at a price of two decimals. */
export function fill(id: string, symbol: number, units: number, priceCents: number, fee = 0): LedgerEvent {
  return {
    kind: 'fill',
    id,
    symbol,
    direction: units > 0 ? 1 : -1,
    quantity: { coefficient: Math.abs(units), scale: 0 },
    price: { coefficient: priceCents, scale: 2 },
    fee,
    feeCurrency: '',
    feeQuantity: null,
    source: '',
    sourceSequence: NaN,
    ts: start,
  };
}

/** Accounts with a deposit and as many positions each, in random symbols; no two in the same. */
export function fillBook(fixture: BookFixture, accounts: number, positions: number): void {
  const { book, judge, symbols, random } = fixture;
  let sequence = 0;
  for (let account = 0; account < accounts; account++) {
    const id = `account-${account}`;
    let row = book.apply(-1, message(id, ++sequence, deposit(100_000_000)), judge);
    const first = random.integer(0, symbols.size - 1);
    // A step without a common divisor with the number of symbols visits each at most once.
    const step = strides[account % strides.length] ?? 1;
    for (let i = 0; i < positions; i++) {
      const symbol = (first + i * step) % symbols.size;
      const units = random.integer(1, 300) * (random.chance(0.7) ? 1 : -1);
      row = book.apply(
        row,
        message(id, ++sequence, fill(`f${i}`, symbol, units, random.integer(1_000, 90_000))),
        judge,
      );
    }
  }
}

/** Primes that divide neither 100 nor 1,000. */
const strides = [3, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/** Every symbol at a new price. */
export function allPrices(fixture: BookFixture, time: number): PriceChanges {
  const changes = emptyPriceChanges(fixture.symbols.size);
  changes.count = fixture.symbols.size;
  for (let i = 0; i < changes.count; i++) {
    changes.symbols[i] = i;
    const price = fixture.random.integer(10 * priceUnit, 900 * priceUnit);
    changes.mids[i] = changes.bids[i] = changes.asks[i] = price;
    changes.times[i] = time;
  }
  return changes;
}

export const fixtureStart = start;

/** What a desk does about an account that fails: here, none may. */
export function rethrow(_row: number, error: unknown): never {
  throw error as Error;
}
