/** The curve of a chart: history and live ticks in one row of buckets. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { Curve, stepFor, type CurveState } from '../../web/curve/curve.ts';

const t0 = Date.UTC(2026, 0, 5, 15);
const state = (ms: number, equity = ms, drawdown = 0): CurveState => ({
  ts: t0 + ms,
  equity,
  nav: 1,
  pnl: equity,
  drawdown,
});
const equities = (curve: Curve): number[] => curve.rows().map(({ equity }) => equity);
const times = (curve: Curve): number[] => curve.rows().map(({ time }) => time - t0 / 1000);

describe('a curve', () => {
  it('goes from history into live ticks without a gap, a step or a time twice', () => {
    const curve = new Curve(Infinity, 1_000);
    // Ticks that came while history was asked for; its rows are the last states of their seconds.
    for (const ms of [2_100, 2_400, 2_900, 3_100]) curve.add(state(ms));
    for (const ms of [0, 900, 1_990, 2_400]) curve.add(state(ms));
    assert.deepEqual(times(curve), [0, 1, 2, 3]);
    assert.deepEqual(equities(curve), [900, 1_990, 2_900, 3_100]);
  });

  it('is the same whatever came first, and however often', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(moments, fc.infiniteStream(fc.nat()), (each, order) => {
        const [sorted, shuffled] = [new Curve(Infinity, 1_000), new Curve(Infinity, 1_000)];
        const inOrder = [...new Set(each)].sort((a, b) => a - b);
        for (const ms of inOrder) sorted.add(state(ms, ms, -ms));
        const keyed = [...inOrder, ...inOrder].map((ms) => ({ ms, key: order.next().value as number }));
        for (const { ms } of keyed.sort((a, b) => a.key - b.key)) shuffled.add(state(ms, ms, -ms));
        assert.deepEqual(shuffled.rows(), sorted.rows());
        const seconds = times(sorted);
        assert.deepEqual(
          seconds,
          seconds.map((_, i) => (seconds[0] ?? 0) + i),
        );
        assert.equal(sorted.rows().at(-1)?.equity, inOrder.at(-1));
      }),
    );
  });

  it('holds what it was where nothing changed', () => {
    const curve = new Curve(Infinity, 1_000);
    curve.add(state(0, 5));
    curve.add(state(3_000, 7));
    assert.deepEqual(equities(curve), [5, 5, 5, 7]);
  });

  it('keeps the deepest drawdown of a bucket, and of a coarser one', () => {
    const curve = new Curve(Infinity, 10_000);
    for (const [ms, drawdown] of [
      [0, -0.1],
      [4_000, -0.5],
      [9_000, -0.2],
    ] as const)
      curve.add(state(ms, 1, drawdown));
    const [row] = curve.rows();
    assert.deepEqual([row?.worst, row?.drawdown], [-0.5, -0.2]);
  });

  it('forgets what is older than its range, but not what held when the range begins', () => {
    const curve = new Curve(10_000, 1_000);
    curve.add(state(0, 1));
    curve.add(state(8_000, 2));
    const { shape } = curve;
    curve.add(state(15_000, 3));
    assert.deepEqual(times(curve), [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    assert.deepEqual(equities(curve), [1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3]);
    assert.ok(curve.shape > shape, 'whoever has drawn it draws it anew');
  });

  it('grows coarser before it has too many buckets, and keeps its ends', () => {
    const curve = new Curve(Infinity, 1_000);
    const count = 3 * dashboardLimits.curveBucketsMax;
    for (let i = 0; i < count; i++) curve.add(state(i * 1_000, i, i === 100 ? -0.9 : 0));
    const rows = curve.rows();
    assert.ok(rows.length < dashboardLimits.curveBucketsMax, String(rows.length));
    assert.equal(rows.at(-1)?.equity, count - 1);
    assert.equal(rows[0]?.time, t0 / 1000);
    assert.equal(Math.min(...rows.map(({ worst }) => worst ?? 0)), -0.9);
  });

  it('only grows while ticks come one after the other', () => {
    const curve = new Curve(Infinity, 1_000);
    curve.add(state(0));
    const { shape } = curve;
    for (let ms = 100; ms < 5_000; ms += 100) curve.add(state(ms));
    assert.equal(curve.shape, shape);
    assert.deepEqual(
      curve.rows(t0 / 1000 + 4).map(({ equity }) => equity),
      [4_900],
    );
  });

  it('knows the bucket of a moment, within itself', () => {
    const curve = new Curve(Infinity, 2_000);
    curve.add(state(0));
    curve.add(state(4_000));
    assert.deepEqual(
      [-1, 3_999, 4_500, 6_000].map((ms) => curve.timeOf(t0 + ms)),
      [null, t0 / 1000 + 2, t0 / 1000 + 4, null],
    );
  });

  it('takes the step by which its range is about as many buckets as are wanted', () => {
    const hour = 3_600_000;
    assert.deepEqual([0, hour, 24 * hour, 365 * 24 * hour].map(stepFor), [1_000, 5_000, 120_000, 12 * hour]);
  });
});
