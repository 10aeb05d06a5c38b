/** `ledger.settle`: random fills a second on one core, and what they leave behind on the heap. */
import { deposit, fill, message, newBook, type MutableMessage } from './book-fixture.ts';
import { median, perSecond, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';

const accounts = 10_000;
const symbols = 1_000;
const positions = 20;
/** As many messages as an engine has decoded when it applies them. */
const fillsABatch = 4_096;
const batchesARound = 50;
const rounds = 9;

export function run(): BenchRow[] {
  const { book, judge, random, refused } = newBook(symbols);
  let sequence = 0;
  const rowOf: number[] = [];
  for (let account = 0; account < accounts; account++) {
    rowOf.push(book.apply(-1, message(`account-${account}`, ++sequence, deposit(100_000_000)), judge));
  }
  const rows = new Int32Array(fillsABatch);
  const messages: MutableMessage[] = Array.from(rows, () => message('', 0, deposit(1)));
  /** What the decoder does before; not measured. */
  const decode = (): void => {
    for (let i = 0; i < fillsABatch; i++) {
      const row = rowOf[random.integer(0, accounts - 1)] ?? 0;
      const symbol = (row * 7 + random.integer(0, positions - 1) * 37) % symbols;
      const units = random.integer(1, 300) * (random.chance(0.5) ? 1 : -1);
      const each = messages[i] as MutableMessage;
      rows[i] = row;
      each.sequence = ++sequence;
      each.items[0] = fill(
        `f${sequence}`,
        symbol,
        units,
        random.integer(1_000, 90_000),
        random.integer(0, 99),
      );
    }
  };
  const results: number[] = [];
  const left: number[] = [];
  for (let round = -2; round < rounds; round++) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    let seconds = 0;
    for (let batch = 0; batch < batchesARound; batch++) {
      decode();
      seconds +=
        fillsABatch /
        perSecond(fillsABatch, () => {
          for (let i = 0; i < fillsABatch; i++)
            book.apply(rows[i] as number, messages[i] as MutableMessage, judge);
        });
    }
    globalThis.gc?.();
    if (round < 0) continue;
    const fills = fillsABatch * batchesARound;
    results.push(fills / seconds);
    // Objects only: columns and pages of ids are outside the heap.
    left.push((process.memoryUsage().heapUsed - before) / fills);
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
