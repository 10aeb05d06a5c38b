/** What is laid over a curve: flows and a benchmark. */
import assert from 'node:assert/strict';
import { overlaid } from '../../web/curve/benchmark.ts';
import type { CurveRow } from '../../web/curve/curve.ts';
import { byBucket, flowMarks } from '../../web/curve/flow-marks.ts';

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
const row = (time: number, nav: number | null): CurveRow => ({
  time,
  ts: time * 1000,
  equity: 0,
  pnl: 0,
  nav,
  drawdown: 0,
  worst: 0,
});

describe('a benchmark over NAV', () => {
  it('begins where NAV is, and moves as the symbol does', () => {
    const rows = [row(10, 1.2), row(11, 1.3), row(12, 1.4)];
    const marks = [
      { ts: iso(5), price: '50' },
      { ts: iso(11.5), price: '100' },
    ];
    assert.deepEqual(overlaid(rows, 1000, marks), [
      { time: 10, value: 1.2 },
      { time: 11, value: 2.4 },
      { time: 12, value: 2.4 },
    ]);
  });

  it('begins with the first mark and the first NAV that there are', () => {
    const rows = [row(10, 1), row(11, null), row(12, 2)];
    assert.deepEqual(overlaid(rows, 1000, [{ ts: iso(11), price: '10' }]), [{ time: 12, value: 2 }]);
    assert.deepEqual(overlaid(rows, 1000, []), []);
  });
});

describe('the marks of flows', () => {
  const flow = (ts: number, booked: number, amount: number) => ({
    ts: iso(ts),
    booked_ts: iso(booked),
    kind: 'deposit',
    amount,
  });

  it('have what a tick told of until history has it', () => {
    const live = [{ after: 10_000, ts: 12_000, amount: 500 }];
    assert.deepEqual(flowMarks([flow(1, 1, 100)], live), [
      { ts: 1_000, amount: 100 },
      { ts: 12_000, amount: 500 },
    ]);
    assert.deepEqual(flowMarks([flow(1, 1, 100), flow(11, 11, 500)], live), [
      { ts: 1_000, amount: 100 },
      { ts: 11_000, amount: 500 },
    ]);
  });

  it('stand where a flow that was dated back took effect', () => {
    const live = [{ after: 10_000, ts: 12_000, amount: 500 }];
    assert.deepEqual(flowMarks([flow(3, 11, 500)], live), [{ ts: 3_000, amount: 500 }]);
  });

  it('are one a bucket, and none outside of the curve', () => {
    const marks = [
      { ts: 1_000, amount: 5 },
      { ts: 1_900, amount: -2 },
      { ts: 9_000, amount: 7 },
    ];
    const timeOf = (ts: number): number | null => (ts < 5_000 ? Math.floor(ts / 1000) : null);
    assert.deepEqual(byBucket(marks, timeOf), [{ time: 1, amount: 3 }]);
  });
});
