/** Rows of the curve: the state at the last tick of a period, whatever has arrived since. */
import assert from 'node:assert/strict';
import type { CurveRow } from '../../src/domain/equity-update.ts';
import { LedgerBench } from '../support/ledger-bench.ts';

function rowsOf(bench: LedgerBench): CurveRow[] {
  const rows: CurveRow[] = [];
  bench.book.drainCurve((row) => rows.push({ ...row }));
  return rows;
}

describe('the curve', () => {
  it('leaves out what arrived after the last tick of the period', () => {
    const bench = new LedgerBench({});
    bench.apply('cash.7', { id: 'd1', type: 'deposit', amount: 100_000 }, 1);
    bench.tick();
    bench.apply('cash.7', { id: 'd2', type: 'deposit', amount: 50_000 }, 2);
    const [row, ...others] = rowsOf(bench);
    assert.equal(others.length, 0);
    assert.equal(row?.totalEquity, 100_000);
    assert.equal(row.sequence, 1);
    bench.tick();
    assert.equal(rowsOf(bench)[0]?.totalEquity, 150_000);
  });

  it('gives an epoch that ended within the period a row of its own', () => {
    const bench = new LedgerBench({});
    bench.apply('cash.7', { id: 'd1', type: 'deposit', amount: 100_000 }, 1);
    bench.tick();
    bench.apply('cash.7', { id: 'f1', type: 'fee', amount: 150_000 }, 2);
    bench.tick();
    bench.apply('cash.7', { id: 'd2', type: 'deposit', amount: 200_000 }, 3);
    bench.tick();
    const rows = rowsOf(bench);
    assert.deepEqual(
      rows.map(({ epoch, navLow, worstDrawdown }) => ({ epoch, navLow, worstDrawdown })),
      [
        { epoch: 1, navLow: 0, worstDrawdown: -1 },
        { epoch: 2, navLow: 1, worstDrawdown: 0 },
      ],
    );
  });

  it('has the peak of an epoch that fell before its first tick', () => {
    const bench = new LedgerBench({});
    bench.apply('cash.7', { id: 'd1', type: 'deposit', amount: 100_000 }, 1);
    bench.apply('settlements.7', { id: 'f1', symbol: 'XYZ', side: 'buy', quantity: 100, price: 10 }, 2);
    bench.price('XYZ', { price: 9, ts: 1 });
    bench.tick();
    const [row] = rowsOf(bench);
    assert.deepEqual(
      { high: row?.navHigh, low: row?.navLow, worst: row?.worstDrawdown },
      { high: 1, low: 0.9, worst: 0.9 - 1 },
    );
    bench.price('XYZ', { price: 9.5, ts: 2 });
    bench.tick();
    assert.equal(rowsOf(bench)[0]?.navHigh, 0.95);
  });

  it('put in force again after a restart is no news: only what has changed since is emitted', () => {
    const deposit = { id: 'd1', type: 'deposit', amount: 100_000 };
    const before = new LedgerBench({});
    before.apply('cash.7', deposit, 1);
    before.apply('cash.8', deposit, 2);
    before.tick();
    const curves = new Map(
      rowsOf(before).map((row) => [row.accountId, { ...row, time: row.timestamp }] as const),
    );
    const after = new LedgerBench({});
    after.book.past.begin({ effect: () => null, late: () => [] }, curves);
    after.apply('cash.7', deposit, 1);
    after.apply('cash.8', deposit, 2);
    after.book.past.end();
    after.book.past.quiet();
    after.apply('cash.8', { ...deposit, id: 'd2' }, 3);
    assert.deepEqual(after.tick(), ['8']);
  });
});
