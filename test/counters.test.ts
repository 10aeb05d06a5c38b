import assert from 'node:assert/strict';
import { Counters } from '../src/counters.ts';
import type { EngineStats } from '../src/domain/engine-stats.ts';

describe('the counters', () => {
  it('count voids by themselves, not among cash', () => {
    const counters = new Counters();
    for (const kind of ['fill', 'transfer', 'deposit', 'fee', 'fee', 'void']) counters.applied(kind);
    const { settlements_applied, cash_applied, voids_applied } = counters.stats({} as EngineStats);
    assert.deepEqual([settlements_applied, cash_applied, voids_applied], [2, 3, 1]);
  });
});
