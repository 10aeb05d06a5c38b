import assert from 'node:assert/strict';
import { InvalidArgumentError } from 'commander';
import { Pace, parseSpeed } from '../../../src/cli/import/pace.ts';

describe('the pace of an import', () => {
  it('is max, or a factor', () => {
    assert.deepEqual(['max', '60x', '60', '0.5x'].map(parseSpeed), ['max', 60, 60, 0.5]);
    for (const text of ['0x', '-1x', 'fast', 'x', ''])
      assert.throws(() => parseSpeed(text), InvalidArgumentError);
  });

  it('waits for what the data waited, so many times as fast', () => {
    const pace = new Pace(60);
    assert.equal(pace.delayMs(1_000_000, 500), 0);
    assert.equal(pace.delayMs(1_060_000, 500), 1000);
    assert.equal(pace.delayMs(1_060_000, 1600), 0);
    assert.equal(pace.delayMs(990_000, 1600), 0);
  });

  it('never waits at max', () => {
    const pace = new Pace('max');
    pace.delayMs(0, 0);
    assert.equal(pace.delayMs(1e12, 0), 0);
  });
});
