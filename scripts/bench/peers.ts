/**
 * `peers`: the same book kept in other ways, side by side: 1,000 accounts x 20 positions of 100 symbols, one price
 * after the other, every holder revalued after each. The database way is PostgreSQL with a trigger on prices; the plain
 * actor way is one XState machine an account, with one event for each holder and price.
 */
import { emptyPriceChanges } from '../../src/domain/price-change.ts';
import { fillBook, fixtureStart, newBook, priceUnit } from './book-fixture.ts';
import { plainActors } from './plain-actors.ts';
import { openPostgres, type PostgresPeer } from './postgres.ts';
import { alternate, ratioOf, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';

export const peerAccounts = 1_000;
export const peerPositions = 20;
export const peerSymbols = 100;

const rounds = 3;
const pricesARound = 20_000;
const part = 'peers';
const unit = 'revaluations/s';

export async function run(): Promise<BenchRow[]> {
  const tidemark = tidemarkRound();
  const rows: BenchRow[] = [];
  const actors = plainActors(peerAccounts, peerPositions, peerSymbols);
  const beside = await alternate(rounds, { tidemark, actors });
  rows.push(row('a price at a time, beside one XState machine an account', beside.tidemark, beside.actors));
  const postgres = await openPostgres(peerAccounts, peerPositions, peerSymbols);
  if (typeof postgres === 'string') {
    rows.push({
      part,
      measure: 'a price at a time, beside PostgreSQL',
      value: NaN,
      unit: `skipped: ${postgres}`,
    });
    return rows;
  }
  try {
    rows.push(...(await besidePostgres(tidemark, postgres)));
  } finally {
    await postgres.stop();
  }
  return rows;
}

async function besidePostgres(tidemark: () => number, postgres: PostgresPeer): Promise<BenchRow[]> {
  const perPrice = (peerAccounts * peerPositions) / peerSymbols;
  const beside = await alternate(rounds, {
    tidemark,
    postgres: async () => (await postgres.updatesASecond()) * perPrice,
  });
  return [
    row(`a price at a time, beside ${postgres.version} with a trigger`, beside.tidemark, beside.postgres),
    {
      part,
      measure: `${postgres.version} with a trigger: prices`,
      value: rounded(beside.postgres / perPrice),
      unit: 'prices/s',
    },
  ];
}

function row(measure: string, value: number, ceiling: number): BenchRow {
  return {
    part,
    measure,
    value: rounded(value),
    unit,
    ceiling: rounded(ceiling),
    ratio: ratioOf(value, ceiling),
  };
}

/** The ledger without its greatest advantage: a tick after every single price. */
function tidemarkRound(): () => number {
  const fixture = newBook(peerSymbols);
  const { book, judge, random } = fixture;
  fillBook(fixture, peerAccounts, peerPositions);
  const changes = emptyPriceChanges(1);
  changes.count = 1;
  let time = fixtureStart;
  return () => {
    let revalued = 0;
    const startedAt = performance.now();
    for (let i = 0; i < pricesARound; i++) {
      time++;
      changes.symbols[0] = i % peerSymbols;
      const price = random.integer(10 * priceUnit, 900 * priceUnit);
      changes.mids[0] = changes.bids[0] = changes.asks[0] = price;
      changes.times[0] = time;
      book.beginTick(time, changes, () => undefined);
      const { dirtyRows, dirtyCount } = book;
      for (let at = 0; at < dirtyCount; at++) book.closeTick(dirtyRows[at] as number, time, time, judge);
      revalued += dirtyCount;
      book.endTick();
    }
    return (revalued / (performance.now() - startedAt)) * 1000;
  };
}
