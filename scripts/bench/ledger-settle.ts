/** `ledger.settle`: random fills a second on one core, and what they leave behind on the heap. */
import type { LedgerEvent } from '../../src/domain/ledger-event.ts';
import { deposit, fill, message, newBook, type MutableMessage } from './book-fixture.ts';
import { median, perSecond, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';

const accounts = 10_000;
const symbols = 1_000;
const positions = 20;
const fillsARound = 200_000;
const rounds = 7;

type MutableFill = { -readonly [K in keyof LedgerEvent]: LedgerEvent[K] } & { id: string };

export function run(): BenchRow[] {
  const { book, judge, random, refused } = newBook(symbols);
  let sequence = 0;
  const rowOf: number[] = [];
  for (let account = 0; account < accounts; account++) {
    rowOf.push(book.apply(-1, message(`account-${account}`, ++sequence, deposit(100_000_000)), judge));
  }
  const rows = Int32Array.from({ length: fillsARound }, () => rowOf[random.integer(0, accounts - 1)] ?? 0);
  // Objects of the decoder's making; a benchmark of the ledger does not count them.
  const messages: MutableMessage[] = Array.from(rows, (row) => {
    const symbol = (row * 7 + random.integer(0, positions - 1) * 37) % symbols;
    const units = random.integer(1, 300) * (random.chance(0.5) ? 1 : -1);
    return message('', 0, fill('', symbol, units, random.integer(1_000, 90_000), random.integer(0, 100)));
  });
  const results: number[] = [];
  const left: number[] = [];
  for (let round = -1; round < rounds; round++) {
    messages.forEach((each, i) => {
      each.sequence = ++sequence;
      (each.items[0] as MutableFill).id = `${round + 1}-${i}`;
    });
    globalThis.gc?.();
    const before = heldBytes();
    const result = perSecond(fillsARound, () => {
      for (let i = 0; i < fillsARound; i++)
        book.apply(rows[i] as number, messages[i] as MutableMessage, judge);
    });
    globalThis.gc?.();
    if (round < 0) continue;
    results.push(result);
    left.push((heldBytes() - before) / fillsARound);
  }
  if (refused() > 0) throw new Error(`${refused()} fills were refused`);
  const part = 'ledger.settle';
  return [
    {
      part,
      measure: 'random fills of 10,000 accounts',
      value: rounded(median(results)),
      unit: 'fills/s',
      target: '>= 2,000,000',
    },
    {
      part,
      measure: 'objects that survive a fill',
      value: rounded(Math.max(0, median(left))),
      unit: 'heap bytes/fill',
      target: '0: no allocation that survives',
    },
  ];
}

/** Objects only: columns and pages of ids are outside the heap. */
function heldBytes(): number {
  return process.memoryUsage().heapUsed;
}
