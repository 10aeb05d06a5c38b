/**
 * An account that is restored from its snapshot goes on as one that never stopped: in a new book, and in place of what
 * was damaged.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EquityUpdate } from '../../src/domain/equity-update.ts';
import {
  foreignFees,
  foreignRealized,
  foreignUnrealized,
  foreignValue,
  granuleRows,
} from '../../src/ledger/holdings.ts';
import type { IdPageBytes } from '../../src/ledger/snapshot.ts';
import { StateReader } from '../../src/ledger/state-reader.ts';
import { StateWriter } from '../../src/ledger/state-writer.ts';
import { histories } from '../support/history.ts';
import type { Step } from '../support/history.ts';
import { LedgerBench } from '../support/ledger-bench.ts';
import { benchOf } from '../support/play-history.ts';

const accounts = ['a', 'b'];
const foreignColumns = [foreignValue, foreignUnrealized, foreignRealized, foreignFees];
const startMs = Date.parse('2026-03-07T21:00:00Z');

const options = fc.record({
  base: fc.constantFrom('USD', 'EUR'),
  mark: fc.constantFrom('mid' as const, 'exit' as const),
  // A first fill's price is the market's business, and the market of the second book has not seen the fill.
  fromSettlements: fc.constant('never' as const),
  eventsHaveTime: fc.boolean(),
});
const head = fc
  .constantFrom({ hasExtremes: true }, { hasVoids: true }, {})
  .chain((more) => histories({ accounts, maxLength: 30, ...more }));
const afterTick = histories({ accounts, maxLength: 6, hasVoids: true }).map((steps) =>
  steps.filter((s) => s.step === 'event'),
);
const tail = histories({ accounts, maxLength: 20, hasVoids: true });

interface Clock {
  now: number;
  sequence: number;
}

interface Kept {
  readonly account: string;
  readonly state: Uint8Array;
  readonly pages: readonly IdPageBytes[];
}

/** Everything that was emitted. */
function play(bench: LedgerBench, steps: readonly Step[], clock: Clock): EquityUpdate[] {
  const emitted: EquityUpdate[] = [];
  for (const step of steps) {
    if (step.step === 'wait') clock.now += step.ms;
    else if (step.step === 'price') bench.price(step.symbol, step.message);
    else if (step.step === 'tick') bench.tick(++clock.now, (update) => emitted.push({ ...update }));
    else bench.apply(step.subject, step.message, ++clock.sequence, clock.now);
  }
  return emitted.sort((x, y) => x.tick - y.tick || x.accountId.localeCompare(y.accountId));
}

function keep({ book }: LedgerBench): Kept[] {
  return book.accounts.ids.map((account, row) => {
    return { account, state: book.snapshot(row), pages: book.idPages(row) };
  });
}

function restore({ book }: LedgerBench, kept: readonly Kept[], arePagesFirst = true): void {
  const pages = (): void => {
    for (const k of kept) for (const { slot, page } of k.pages) book.restoreIds(k.account, slot, page);
  };
  if (arePagesFirst) pages();
  for (const { state } of kept) book.restore(state);
  if (!arePagesFirst) pages();
  book.endRestore();
}

/** The market's side of the steps, and at its end the very marks: what was held back for a holder's sake has none here. */
function sameMarket(bench: LedgerBench, steps: readonly Step[], other: LedgerBench): void {
  play(bench, steps.filter((s) => s.step !== 'event'), { now: startMs, sequence: 0 }); // prettier-ignore
  const { marks: to, rates } = bench.book['parts'];
  const { marks: from } = other.book['parts'];
  for (let symbol = 0; symbol < other.symbols.size; symbol++) {
    const here = bench.symbols.intern(other.symbols.name(symbol));
    const price = (column: Float64Array): number => column[symbol] ?? NaN;
    if (from.has(symbol)) to.set(here, price(from.mid), price(from.bid), price(from.ask), price(from.time));
    else to.clear(here);
  }
  rates.refresh();
}

function assertSame(actual: LedgerBench, expected: LedgerBench): void {
  for (const id of accounts) {
    assert.deepEqual(actual.inspect(id), expected.inspect(id), id);
    if (expected.inspect(id) === null) continue;
    for (const { name, kept, summed } of actual.totals(id))
      assert.equal(BigInt(kept), summed, `${id} ${name}`);
  }
}

/** Figures, chains: nothing of the account's rows is what it was. */
function damage({ book }: LedgerBench): void {
  const { accounts: a, pockets, holdings, waiting } = book['parts'];
  for (let account = 0; account < a.count; account++) {
    for (const column of [
      a.cashBalance,
      a.localValue,
      a.spotCost,
      a.foreignValue,
      a.units,
      a.nav,
      a.realized,
    ]) {
      column[account] = 0.1;
    }
    a.sequence[account] = 1e9;
    a.openPositions[account] = 77;
    a.wipedOut[account] = 1;
    for (let row = a.firstPocket[account] ?? -1, next; row >= 0; row = next ?? -1) {
      next = pockets.next[row];
      pockets.cash[row] = pockets.cashBase[row] = pockets.fees[row] = -0.5;
      pockets.next[row] = row;
    }
    for (let row = a.firstHolding[account] ?? -1, next; row >= 0; row = next ?? -1) {
      next = holdings.next[row];
      holdings.quantity[row] = holdings.cost[row] = holdings.value[row] = NaN;
      holdings.otherFees.set(row, 3);
      if (holdings.laneOf(row).isForeign) {
        for (const column of foreignColumns) holdings.foreignOf(row)[column + (row % granuleRows)] = NaN;
      }
      holdings.next[row] = row;
    }
    waiting.add(account, { field: 'netFlow', pair: 0, amount: 1, holding: -1, time: NaN });
  }
}

describe('an account restored from its snapshot', () => {
  it('goes on as if it had never stopped', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(options, head, afterTick, tail, (bookOptions, before, rest, after) => {
        const first = benchOf(bookOptions);
        const clock = { now: startMs, sequence: 0 };
        play(first, [...before, ...rest], clock);
        first.curve();
        const kept = keep(first);

        const second = benchOf(bookOptions);
        sameMarket(second, before, first);
        restore(second, kept);
        second.sharePast(first);
        for (const { account, state } of kept) {
          assert.deepEqual(second.book.snapshot(second.book.accounts.find(account)), state);
        }
        if (second.book.accounts.count > 0) assertSameButAge(second, first);
        const secondClock = { ...clock };
        assert.deepEqual(play(second, after, secondClock), play(first, after, clock));
        assertSame(second, first);
        assert.deepEqual(byAccount(second), byAccount(first));
      }),
      { numRuns: 1500 },
    );
  });

  it('in place of one that was damaged goes on as if nothing had happened', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(options, head, afterTick, tail, (bookOptions, before, events, after) => {
        const sound = benchOf(bookOptions);
        const clock = { now: startMs, sequence: 0 };
        play(sound, before, clock);
        const broken = benchOf(bookOptions);
        play(broken, before, { now: startMs, sequence: 0 });
        sound.curve();
        broken.curve();
        const kept = keep(broken);
        // What an account has had since is played to it again; one that was opened since has no snapshot.
        const known = kept.map(({ account }) => account);
        const again = events.filter((s) => known.some((id) => s.subject.endsWith(`.${id}`)));
        play(broken, again, { ...clock });
        damage(broken);
        restore(broken, kept);
        play(broken, again, { ...clock });
        play(sound, again, clock);
        assert.deepEqual(play(broken, after, { ...clock }), play(sound, after, clock));
        assertSame(broken, sound);
        assert.deepEqual(byAccount(broken), byAccount(sound));
      }),
      { numRuns: 500 },
    );
  });

  it('knows the ids that it knew, however many pages they fill and whichever snapshot was the last one kept', () => {
    const batch = fc.record({ ids: fc.integer({ min: 0, max: 300 }), isKept: fc.boolean() });
    fc.assert(
      fc.property(
        fc.constantFrom(1, 129, 300),
        fc.array(batch, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 20, maxLength: 40 }),
        (idsKept, batches, arePagesFirst, probes) => {
          const first = new LedgerBench({ idsKept });
          const slots = new Map<number, IdPageBytes>();
          let last: { state: Uint8Array; sequence: number } | null = null;
          let [sequence, saved] = [0, 0];
          const deposit = (bench: LedgerBench, n: number): void => {
            bench.apply('cash.a', { id: `d${n}`, type: 'deposit', amount: 1 }, n);
          };
          for (const { ids, isKept } of [{ ids: 1, isKept: true }, ...batches]) {
            for (let i = 0; i < ids; i++) deposit(first, ++sequence);
            const state = first.book.snapshot(0);
            // The process may end here: pages are written, the state that names them is not.
            for (const page of first.book.idPages(0, saved)) slots.set(page.slot, page);
            saved = first.book.idPageCount(0);
            if (!isKept) continue;
            last = { state, sequence };
            first.book.snapshotKept(0);
          }
          assert.ok(last !== null);
          const second = new LedgerBench({ idsKept });
          const pages = [...slots.values()];
          restore(second, [{ account: 'a', state: last.state, pages }], arePagesFirst);
          for (let n = last.sequence + 1; n <= sequence; n++) deposit(second, n);
          assert.equal(second.inspect('a')?.['state_hash'], first.inspect('a')?.['state_hash']);
          probes.forEach((n, i) => {
            const message = { id: `d${n}`, type: 'deposit', amount: 1 + (i % 2) };
            const verdict = first.apply('cash.a', message, ++sequence);
            assert.deepEqual(second.apply('cash.a', message, sequence), verdict);
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the state of an account as bytes', () => {
  it('has every number and every text as it was', () => {
    const writer = new StateWriter();
    const reader = new StateReader();
    const number = fc.oneof(
      fc.double(),
      fc.maxSafeInteger(),
      fc.integer(),
      fc.constantFrom(0, -0, NaN, 2 ** 48, 255),
    );
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('\ud800', 'é', ''));
    fc.assert(
      fc.property(fc.array(fc.tuple(number, text, fc.nat(2 ** 32 - 1))), (entries) => {
        writer.start();
        for (const [x, s, n] of entries) {
          writer.number(x);
          writer.text(s);
          writer.count(n);
        }
        reader.start(writer.finish());
        for (const [x, s, n] of entries) {
          assert.deepEqual([reader.number(), reader.text(), reader.count()], [x, s, n]);
        }
        assert.ok(reader.isAtEnd);
      }),
    );
  });
});

/** The age of a price is measured against the last tick, which a book that has had none does not know. */
function assertSameButAge(actual: LedgerBench, expected: LedgerBench): void {
  for (const id of accounts) {
    const [is, should] = [actual.inspect(id), expected.inspect(id)];
    assert.deepEqual({ ...is, stale: [] }, { ...should, stale: [] }, id);
  }
}

function byAccount(bench: LedgerBench): unknown[] {
  return bench.curve().sort((x, y) => x.accountId.localeCompare(y.accountId) || x.tick - y.tick);
}
