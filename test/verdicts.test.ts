import assert from 'node:assert/strict';
import { limits } from '../config/limits.ts';
import { emptyEffect } from '../src/ledger/effect-record.ts';
import { Verdicts } from '../src/verdicts.ts';

describe('verdicts', () => {
  const rejected = { outcome: 'rejected', reason: 'id_conflict', detail: 'id' } as const;

  it('know what was applied by what is not remembered, from where they begin', () => {
    const verdicts = new Verdicts();
    assert.equal(verdicts.of('7', 3, 1, 0).outcome, 'unknown');
    verdicts.begin(10);
    verdicts.note('7', 11, 1, rejected);
    assert.deepEqual(
      [10, 11, 12].map((sequence) => verdicts.of('7', 3, sequence, 0).outcome),
      ['unknown', 'applied', 'applied'],
    );
    assert.deepEqual(verdicts.of('7', 3, 11, 1), rejected);
  });

  it('say of what is behind their bound that it is not known', () => {
    const verdicts = new Verdicts();
    verdicts.begin(0);
    for (let i = 1; i <= limits.verdictsKeptMax + 1; i++) verdicts.note('7', i, 0, rejected);
    assert.equal(verdicts.of('7', 3, 1, 0).outcome, 'unknown');
    assert.equal(verdicts.of('7', 3, 2, 0).outcome, 'rejected');
  });

  it('say what was decided last of a void that waited', () => {
    const verdicts = new Verdicts();
    verdicts.begin(0);
    verdicts.note('7', 1, 0, { outcome: 'waiting' });
    assert.equal(verdicts.of('7', 3, 1, 0).outcome, 'waiting');
    verdicts.note('7', 1, 0, rejected);
    verdicts.waited('7', 1, 0);
    assert.equal(verdicts.of('7', 3, 1, 0).outcome, 'rejected');
    verdicts.note('7', 2, 1, { outcome: 'waiting' });
    verdicts.waited('7', 2, 1);
    assert.equal(verdicts.of('7', 3, 2, 1).outcome, 'applied');
  });

  it('have what an event did by itself, in base, until so many came after it', () => {
    const verdicts = new Verdicts();
    verdicts.begin(0);
    const effect = emptyEffect();
    Object.assign(effect, {
      sequence: 3,
      index: 0,
      quantityScale: 4,
      quantityBefore: 0,
      quantityAfter: 100_000,
    });
    // 1,005.00 EUR at 1.1 are 1,105.50.
    Object.assign(effect, { cashEffect: -100_500, rate: 1.1, equityBefore: 500_000 });
    verdicts.applied(3, effect, 499_900);
    assert.deepEqual(verdicts.of('7', 3, 3, 0), {
      outcome: 'applied',
      impact: {
        equityBefore: 500_000,
        equityAfter: 499_900,
        cashChange: -110_550,
        quantityBefore: 0,
        quantityAfter: 10,
      },
    });
    effect.sequence += limits.verdictImpactsKept;
    verdicts.applied(3, effect, NaN);
    assert.deepEqual(verdicts.of('7', 3, 3, 0), { outcome: 'applied', impact: null });
  });

  it('know nothing of messages of another account', () => {
    const verdicts = new Verdicts();
    verdicts.begin(0);
    const effect = emptyEffect();
    const events = [
      [1, 0],
      [2, 1],
    ] as const;
    for (const [sequence, index] of events)
      verdicts.applied(3, Object.assign(effect, { sequence, index }), 5);
    verdicts.note('7', 2, 0, rejected);
    verdicts.note('7', 3, 0, { outcome: 'duplicate' });
    const outcomes = (account: string, row: number): string[] =>
      [
        [1, 0],
        [2, 0],
        [2, 1],
        [3, 0],
      ].map(([sequence = 0, index = 0]) => verdicts.of(account, row, sequence, index).outcome);
    assert.deepEqual(outcomes('7', 3), ['applied', 'rejected', 'applied', 'duplicate']);
    for (const row of [4, -1]) {
      assert.deepEqual(outcomes('8', row), ['unknown', 'unknown', 'unknown', 'unknown']);
    }
    assert.equal((verdicts.of('7', 3, 2, 1) as { impact: unknown }).impact, null);
  });
});
