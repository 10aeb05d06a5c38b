/** Snapshots of accounts: what they keep, what they refuse, and where the pages of ids are kept. */
import assert from 'node:assert/strict';
import type { CurveRow } from '../../src/domain/equity-update.ts';
import type { RecordedCurves } from '../../src/domain/recorded.ts';
import { snapshotFormat } from '../../src/ledger/snapshot.ts';
import { LedgerBench } from '../support/ledger-bench.ts';

const deposit = { type: 'deposit', amount: 10_000 };

function deposits(bench: LedgerBench, from: number, to: number): void {
  for (let n = from; n <= to; n++) bench.apply('cash.a', { id: `d${n}`, ...deposit }, n);
}

function copyOf(state: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = new Uint8Array(state);
  copy[at] = byte;
  return copy;
}

/** The account of one book in another one, without its market. */
function moved(from: LedgerBench): LedgerBench {
  const to = new LedgerBench();
  to.book.restore(from.book.snapshot(0));
  to.book.endRestore();
  return to;
}

describe('a snapshot', () => {
  it('keeps what an account is called and set to, whatever characters that has', () => {
    const bench = new LedgerBench();
    const open = {
      type: 'open',
      name: 'Зёрна \ud83c\udf3e \ud800',
      base_currency: 'EUR',
      timezone: 'Asia/Tokyo',
      cutover: '06:30',
      settings: { benchmark: 'é', limits: [1, -0.5, null] },
    };
    assert.deepEqual(bench.apply('accounts.a', open, 1), { applied: true });
    const { accounts, sessions } = moved(bench).book['parts'];
    assert.equal(accounts.names[0], open.name);
    assert.equal(accounts.baseCurrency[0], 'EUR');
    assert.deepEqual(accounts.settings[0], bench.book.accounts.settings[0]);
    assert.equal(sessions.calendarOf(0).zone, 'Asia/Tokyo');
    assert.equal(sessions.calendarOf(0).cutoverMinutes, 390);
  });

  it('keeps -0 and NaN apart from 0', () => {
    const bench = new LedgerBench();
    deposits(bench, 1, 1);
    const { accounts } = bench.book;
    accounts.income[0] = -0;
    accounts.tickNav[0] = NaN;
    const { book } = moved(bench);
    assert.ok(Object.is(book.accounts.income[0], -0));
    assert.ok(Number.isNaN(book.accounts.tickNav[0]));
  });

  it('keeps positions and currencies in the order in which they were opened', () => {
    const bench = new LedgerBench();
    const symbols = ['Z', 'A', 'M'];
    symbols.forEach((symbol, i) => {
      const fee_currency = ['EUR', 'CHF', 'USD'][i];
      const fill = { id: `f${i}`, symbol, side: 'buy', quantity: 1, price: 5, fee: 1, fee_currency };
      bench.apply('settlements.a', fill, i + 1);
    });
    const view = moved(bench).book.view('a');
    assert.ok(view);
    const held = view.positions.map((p) => p.symbol);
    assert.deepEqual(held, symbols);
    assert.deepEqual(Object.keys(view.cash), ['USD', 'EUR', 'CHF']);
  });

  it('says what quantities mean: an instrument that was described otherwise since is as it was', () => {
    const bench = new LedgerBench();
    bench.instrument('X', { currency: 'EUR', quantity_scale: 2, multiplier: '0.25' });
    bench.apply('settlements.a', { id: 'f', symbol: 'X', side: 'buy', quantity: '1.25', price: 8 }, 1);
    const other = new LedgerBench();
    other.instrument('X', { currency: 'USD', quantity_scale: 0, style: 'margined', sector: 'grain' });
    other.book.restore(bench.book.snapshot(0));
    assert.deepEqual(other.inspect('a')?.['positions'], bench.inspect('a')?.['positions']);
    assert.match(String(other.instrument('X', { currency: 'USD' })), /^currency: fixed/);
    assert.throws(() => {
      const third = new LedgerBench();
      third.apply('settlements.b', { id: 'f', symbol: 'X', side: 'buy', quantity: 1, price: 8 }, 1);
      third.book.restore(bench.book.snapshot(0));
    }, /account a: X was held as .*"currency":"EUR".*: currency: fixed while positions of the symbol exist/);
  });

  it('of an account that is told leaves nothing to tell; of one that is not, the next tick tells it', () => {
    const bench = new LedgerBench();
    deposits(bench, 1, 1);
    const untold = moved(bench);
    bench.tick();
    const told = moved(bench);
    assert.deepEqual([told.book.dirtyCount, told.tick()], [0, []]);
    assert.deepEqual([untold.book.dirtyCount, untold.tick()], [1, ['a']]);
  });

  it('of an account that was told, but is in no row of the curve yet, has the row written after a start', () => {
    const bench = new LedgerBench();
    deposits(bench, 1, 1);
    bench.tick();
    bench.apply('cash.a', { id: 'fee', type: 'fee', amount: 1_000 }, 2);
    bench.tick();
    const state = bench.book.snapshot(0);
    const started = (curves: RecordedCurves): CurveRow[] => {
      const again = new LedgerBench();
      again.book.restore(state);
      again.book.endRestore();
      again.book.past.begin({ effect: () => null, late: () => [] }, curves);
      const found: CurveRow[] = [];
      again.book.past.unwritten((row) => found.push(row));
      return found;
    };
    const rows = bench.curve();
    assert.deepEqual(
      rows.map(({ navLow, navHigh, worstDrawdown }) => [navLow, navHigh, worstDrawdown]),
      [[0.9, 1, 0.9 - 1]],
    );
    assert.deepEqual(started(new Map()), rows);
    const [row] = rows;
    assert.ok(row !== undefined);
    assert.deepEqual(started(new Map([['a', { ...row, time: row.timestamp }]])), [], 'it is in a frame');
  });

  it('in another format is refused, and the message names both and the way out', () => {
    const bench = new LedgerBench();
    deposits(bench, 1, 1);
    const state = copyOf(bench.book.snapshot(0), 0, snapshotFormat + 1);
    const expected = new RegExp(
      `format ${snapshotFormat + 1}, this version of tidemark has format ${snapshotFormat}: .*LEDGER`,
    );
    assert.throws(() => new LedgerBench().book.restore(state), expected);
    assert.equal(new LedgerBench().book.accounts.count, 0);
  });

  it('with a section that nobody knows, or that ends too early, is refused', () => {
    const bench = new LedgerBench();
    deposits(bench, 1, 1);
    const state = bench.book.snapshot(0);
    // Format, id "a" and its length, "USD" and its length, then the tag of the first section.
    assert.throws(() => new LedgerBench().book.restore(copyOf(state, 7, 99)), /account a has a section 99/);
    for (let length = 0; length < state.length; length++) {
      if (length === endOfSection(state, length)) continue;
      assert.throws(() => new LedgerBench().book.restore(state.subarray(0, length)), /too early|length/);
    }
  });

  it('that does not fit the marks of now is refused by account', () => {
    const bench = new LedgerBench();
    bench.apply('settlements.a', { id: 'f', symbol: 'X', side: 'buy', quantity: 1_000_000, price: 1 }, 1);
    const other = new LedgerBench();
    other.price('X', { price: '99999999999' });
    other.tick();
    assert.throws(() => other.book.restore(bench.book.snapshot(0)), /account a: at the marks of now/);
  });
});

/** Where a state may end and be whole: behind a section. */
function endOfSection(state: Uint8Array, length: number): number {
  const view = new DataView(state.buffer, state.byteOffset);
  let at = 7;
  while (at < length && at + 5 <= state.length) at += 5 + view.getUint32(at + 1, true);
  return at;
}

describe('full pages of ids', () => {
  const kept = (): { bench: LedgerBench; state: Uint8Array } => {
    const bench = new LedgerBench({ idsKept: 256 });
    deposits(bench, 1, 300);
    return { bench, state: bench.book.snapshot(0) };
  };

  it('are named by number and are the same ever after', () => {
    const { bench } = kept();
    const before = bench.book.idPages(0);
    assert.deepEqual(before.map((p) => p.number), [0, 1]); // prettier-ignore
    deposits(bench, 301, 400);
    const after = bench.book.idPages(0);
    assert.deepEqual(after.map((p) => p.number), [1, 2]); // prettier-ignore
    assert.deepEqual(after[0], before[1]);
    assert.deepEqual(bench.book.idPages(0, 2), after.slice(1));
    assert.equal(bench.book.idPageCount(0), 3);
  });

  it('never lie where a page is that the snapshot names which was kept last', () => {
    const { bench } = kept();
    bench.book.snapshotKept(0);
    const slots = bench.book.idPages(0).map((p) => p.slot);
    for (let n = 301; n <= 2_000; n += 100) {
      deposits(bench, n, n + 99);
      bench.book.snapshot(0);
      const added = bench.book.idPages(0, 2).map((p) => p.slot);
      assert.deepEqual(added.filter((slot) => slots.includes(slot)), []); // prettier-ignore
    }
    bench.book.snapshotKept(0);
    deposits(bench, 2_001, 2_300);
    assert.deepEqual(bench.book.idPages(0).map((p) => p.slot), slots); // prettier-ignore
  });

  it('that a state names and that never came are refused by account', () => {
    const { bench, state } = kept();
    const [first] = bench.book.idPages(0);
    assert.ok(first !== undefined);
    const other = new LedgerBench({ idsKept: 256 });
    other.book.restore(state);
    other.book.restoreIds('a', first.slot, first.page);
    other.book.restoreIds('b', 1, first.page);
    // In the place of the other page lies one with another number, and then one that is none.
    other.book.restoreIds('a', 1, first.page);
    other.book.restoreIds('a', 1, new Uint8Array(3));
    assert.throws(() => {
      other.book.endRestore();
    }, /not all there: page 1 \(slot 1\) of account a$/);
  });

  it('of nobody are ignored', () => {
    const { bench } = kept();
    const [first] = bench.book.idPages(0);
    assert.ok(first !== undefined);
    const other = new LedgerBench({ idsKept: 256 });
    other.book.restoreIds('z', 0, first.page);
    other.book.endRestore();
    assert.equal(other.book.accounts.count, 0);
  });
});
