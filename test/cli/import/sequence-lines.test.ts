import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SequenceLines } from '../../../src/cli/import/sequence-lines.ts';

describe('lines by sequence', () => {
  it('are found, whatever was published between and whatever came late', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 50 }),
        (sequences) => {
          const lines = new SequenceLines();
          for (const [i, sequence] of sequences.entries()) lines.add(sequence, i + 2);
          assert.ok(sequences.every((sequence, i) => lines.lineOf(sequence) === i + 2));
          assert.ok(Number.isNaN(lines.lineOf(10_001)));
          assert.deepEqual([lines.first, lines.last], [Math.min(...sequences), Math.max(...sequences)]);
        },
      ),
    );
  });

  it('grow', () => {
    const lines = new SequenceLines();
    for (let i = 1; i <= 5000; i++) lines.add(i * 3, i);
    assert.equal(lines.lineOf(15_000), 5000);
    assert.ok(Number.isNaN(lines.lineOf(14_999)));
  });
});
