/**
 * `memory`: resident bytes an account, everything counted: columns, ids, actors, names; and the ledger's own columns a
 * position. Accounts are opened by real messages through the real decoder and the real actors.
 */
import { createActor, createMachine } from 'xstate';
import { AccountActors } from '../../actors/accounts.ts';
import type { LedgerMessage } from '../../src/domain/ledger-event.ts';
import { LedgerDecoder } from '../../streams/codec/ledger-message.ts';
import { allPrices, fixtureStart, newBook, rethrow, type BookFixture } from './book-fixture.ts';
import { rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';

const accounts = 100_000;
const positions = 10;
const symbols = 1_000;
const accountsInBatch = 1_000;

export async function run(): Promise<BenchRow[]> {
  const fixture = newBook(symbols);
  const parent = createActor(createMachine({}));
  parent.start();
  const { book, judge } = fixture;
  const actors = new AccountActors(
    { book, judge, emit: () => undefined, stopped: new Set<number>(), failed: rethrow },
    parent,
  );
  await collected();
  const before = process.memoryUsage().rss;
  openAll(fixture, actors);
  actors.tick(fixtureStart, fixtureStart, allPrices(fixture, fixtureStart), () => undefined);
  await collected();
  const resident = process.memoryUsage().rss - before;
  if (actors.count !== accounts || book.holdingCount !== accounts * positions) {
    throw new Error(`${actors.count} accounts with ${book.holdingCount} holdings were opened`);
  }
  return [
    {
      part: 'memory',
      measure: '100,000 accounts x 10 positions, everything counted',
      value: rounded(resident / accounts),
      unit: 'bytes/account',
      target: '<= 2,500',
    },
    {
      part: 'memory',
      measure: "the ledger's columns of holdings",
      value: rounded(columnBytes(book['parts'].holdings) / book.holdingCount),
      unit: 'bytes/position',
      target: '<= 64',
    },
  ];
}

/** A deposit and the positions of each account, as they come over NATS. */
function openAll({ random, symbols: table }: BookFixture, actors: AccountActors): void {
  const decoder = new LedgerDecoder(table);
  let sequence = 0;
  let batch: LedgerMessage[] = [];
  const deliver = (subject: string, message: unknown): void => {
    const data = Buffer.from(JSON.stringify(message));
    batch.push(decoder.decode(Buffer.from(subject), data, ++sequence, fixtureStart));
  };
  for (let account = 0; account < accounts; account++) {
    deliver(`cash.account-${account}`, {
      id: 'deposit',
      type: 'deposit',
      amount: 100_000_000,
      ts: fixtureStart,
    });
    const first = random.integer(0, symbols - 1);
    const fills = Array.from({ length: positions }, (_, i) => ({
      id: `fill-${account}-${i}`,
      symbol: `S${(first + i * 37) % symbols}`,
      side: random.chance(0.7) ? 'buy' : 'sell',
      quantity: String(random.integer(1, 300)),
      price: (random.integer(1_000, 90_000) / 100).toFixed(2),
      fee: random.integer(0, 300),
      ts: fixtureStart,
    }));
    for (const fill of fills) deliver(`settlements.account-${account}`, fill);
    if (account % accountsInBatch !== accountsInBatch - 1) continue;
    actors.deliver(batch);
    batch = [];
  }
}

/** Bytes of an object's typed arrays, those in arrays among them. */
function columnBytes(table: object): number {
  let bytes = 0;
  for (const column of Object.values(table) as unknown[]) {
    if (ArrayBuffer.isView(column)) bytes += column.byteLength;
    else if (Array.isArray(column)) bytes += columnBytes(column);
  }
  return bytes;
}

/** What nobody holds is gone, and given back to the system. */
async function collected(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
