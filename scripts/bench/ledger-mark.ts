/**
 * `ledger.mark`: holdings revalued a second on one core, every symbol at a new price, beside a bare loop over typed
 * arrays that multiplies, rounds and scatters, and beside one object a position.
 */
import { roundingMagic } from '../../src/domain/rounding.ts';
import { Random } from '../../src/random.ts';
import { allPrices, fillBook, fixtureStart, newBook, priceUnit } from './book-fixture.ts';
import { alternate, perSecond, ratioOf, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';

const accounts = 100_000;
const positions = 20;
const symbols = 1_000;
const holdings = accounts * positions;
/** Minor units of a quantity of scale 4 at a price of scale 4: divided by so much. */
const denominator = 1_000_000;
const rounds = 7;

export async function run(): Promise<BenchRow[]> {
  const medians = await alternate(rounds, {
    ledger: ledgerRound(),
    bare: bareRound(),
    objects: objectsRound(),
  });
  const part = 'ledger.mark';
  const unit = 'holdings/s';
  return [
    {
      part,
      measure: '2,000,000 holdings of 100,000 accounts, beside a bare loop',
      value: rounded(medians.ledger),
      unit,
      ceiling: rounded(medians.bare),
      ratio: ratioOf(medians.ledger, medians.bare),
      target: '>= 0.60 of the bare loop',
    },
    {
      part,
      measure: 'the same, beside one object a position',
      value: rounded(medians.ledger),
      unit,
      ceiling: rounded(medians.objects),
      ratio: ratioOf(medians.ledger, medians.objects),
      target: '>= 20 times the objects',
    },
  ];
}

/** The real book: prices in, every holding valued, account totals moved, accounts listed for the tick. */
function ledgerRound(): () => number {
  const fixture = newBook(symbols);
  const { book } = fixture;
  fillBook(fixture, accounts, positions);
  if (fixture.refused() > 0 || book.holdingCount !== holdings) throw new Error('the book is not as planned');
  let time = fixtureStart;
  return () => {
    time += 25;
    const changes = allPrices(fixture, time);
    const result = perSecond(holdings, () => book.beginTick(time, changes, heldBack));
    if (book.dirtyCount !== accounts)
      throw new Error(`${book.dirtyCount} accounts of ${accounts} are listed`);
    for (let i = 0; i < book.dirtyCount; i++)
      book.closeTick(book.dirtyRows[i] ?? 0, time, time, fixture.judge);
    book.endTick();
    return result;
  };
}

function heldBack(symbol: number): never {
  throw new Error(`the price of ${symbol} was held back`);
}

/** The ceiling: the same holdings as plain columns, symbol after symbol. */
function bareRound(): () => number {
  const random = new Random(2);
  const perSymbol = holdings / symbols;
  const owner = Int32Array.from({ length: holdings }, () => random.integer(0, accounts - 1));
  // Within a symbol accounts ascend, as they do in a ledger in which they were opened one after another.
  for (let symbol = 0; symbol < symbols; symbol++)
    owner.subarray(symbol * perSymbol, (symbol + 1) * perSymbol).sort();
  const quantity = Float64Array.from({ length: holdings }, () => random.integer(1, 300) * priceUnit);
  const value = new Float64Array(holdings);
  const equity = new Float64Array(accounts);
  const dirty = new Uint8Array(accounts);
  const list = new Int32Array(accounts);
  const prices = new Float64Array(symbols);
  return () => {
    for (let i = 0; i < symbols; i++) prices[i] = random.integer(10 * priceUnit, 900 * priceUnit);
    dirty.fill(0);
    return perSecond(holdings, () => {
      let listed = 0;
      for (let symbol = 0; symbol < symbols; symbol++) {
        const price = prices[symbol] as number;
        const end = (symbol + 1) * perSymbol;
        for (let row = symbol * perSymbol; row < end; row++) {
          const now = ((quantity[row] as number) * price) / denominator + roundingMagic - roundingMagic;
          const account = owner[row] as number;
          equity[account] = (equity[account] as number) + (now - (value[row] as number));
          value[row] = now;
          if (dirty[account] === 0) {
            dirty[account] = 1;
            list[listed++] = account;
          }
        }
      }
    });
  };
}

interface PositionObject {
  quantity: number;
  value: number;
}

interface AccountObject {
  readonly positions: Map<string, PositionObject>;
  equity: number;
  isDirty: boolean;
}

/** The peer: accounts with a map of positions, and for each symbol the set of who holds it. */
function objectsRound(): () => number {
  const random = new Random(3);
  const owners = Array.from({ length: accounts }, (): AccountObject => ({
    positions: new Map(),
    equity: 0,
    isDirty: false,
  }));
  const holders = new Map<string, Set<AccountObject>>();
  let held = 0;
  for (const account of owners) {
    while (account.positions.size < positions) {
      const symbol = `S${random.integer(0, symbols - 1)}`;
      if (account.positions.has(symbol)) continue;
      account.positions.set(symbol, { quantity: random.integer(1, 300) * priceUnit, value: 0 });
      const ofSymbol = holders.get(symbol) ?? new Set<AccountObject>();
      holders.set(symbol, ofSymbol.add(account));
      held++;
    }
  }
  return () => {
    const prices = [...holders.keys()].map(
      (symbol) => [symbol, random.integer(10 * priceUnit, 900 * priceUnit)] as const,
    );
    for (const account of owners) account.isDirty = false;
    return perSecond(held, () => {
      const listed: AccountObject[] = [];
      for (const [symbol, price] of prices) {
        for (const account of holders.get(symbol) ?? []) {
          const position = account.positions.get(symbol);
          if (position === undefined) continue;
          const now = (position.quantity * price) / denominator + roundingMagic - roundingMagic;
          account.equity += now - position.value;
          position.value = now;
          if (!account.isDirty) {
            account.isDirty = true;
            listed.push(account);
          }
        }
      }
    });
  };
}
