/** Who wrote a frame last counts by the order of the stream. */
import assert from 'node:assert/strict';
import { newestOwner } from '../../../streams/operators/newest-owner.ts';

describe('the newest owner of a partition', () => {
  const frame = (partition: number, epoch: number, sequence: number) => ({
    subject: `frames.${partition}.equity_curve`,
    epoch,
    sequence,
  });

  it('makes stale what an older one writes behind its first frame', () => {
    const owners = newestOwner();
    assert.equal(owners.isStale(frame(0, 1, 1)), false);
    assert.equal(owners.isStale(frame(0, 2, 2)), false);
    assert.equal(owners.isStale(frame(0, 1, 3)), true);
    assert.equal(owners.isStale(frame(0, 2, 4)), false);
  });

  it('leaves alone what an older one wrote before, however late it is delivered', () => {
    const owners = newestOwner();
    assert.equal(owners.isStale(frame(0, 2, 5)), false);
    assert.equal(owners.isStale(frame(0, 1, 4)), false);
    assert.equal(owners.isStale(frame(0, 1, 6)), true);
  });

  it('is one for each partition', () => {
    const owners = newestOwner();
    assert.equal(owners.isStale(frame(0, 9, 1)), false);
    assert.equal(owners.isStale(frame(1, 1, 2)), false);
  });

  it('remembers a bounded number of owners, the newest', () => {
    const owners = newestOwner();
    for (let epoch = 1; epoch <= 1000; epoch++) assert.equal(owners.isStale(frame(0, epoch, epoch)), false);
    assert.equal(owners.isStale(frame(0, 999, 1001)), true);
    assert.equal(owners.isStale(frame(0, 3, 1002)), true);
  });
});
