import assert from 'node:assert/strict';
import { accountsByState } from '../src/accounts-by-state.ts';
import { DurationHistogram } from '../src/duration-histogram.ts';

describe('figures of the engine for who watches it', () => {
  it('count accounts by state, of those that there are', () => {
    const accounts = { count: 4, lifecycle: Uint8Array.of(1, 2, 1, 0, 3, 3) };
    assert.deepEqual(accountsByState(accounts, 1), {
      pending: 1,
      'active.healthy': 2,
      suspended: 1,
      closed: 0,
      failing: 1,
    });
  });

  it('put a duration into the first bucket that it fits, and what fits none into the count alone', () => {
    const histogram = new DurationHistogram();
    for (const ms of [0.25, 0.3, 5, 4000]) histogram.add(ms);
    const { bounds_ms, counts, count, sum_ms } = histogram.figures;
    assert.equal(counts[bounds_ms.indexOf(0.25)], 1);
    assert.equal(counts[bounds_ms.indexOf(0.5)], 1);
    assert.equal(counts[bounds_ms.indexOf(5)], 1);
    assert.equal(
      counts.reduce((sum, each) => sum + each, 0),
      3,
    );
    assert.deepEqual([count, sum_ms], [4, 4005.55]);
  });
});
