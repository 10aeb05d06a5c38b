/** Who wrote a frame last counts by the order of the stream. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
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

  it('knows a frame of an owner that was replaced however many owners came since', () => {
    const owners = newestOwner();
    assert.equal(owners.isStale(frame(0, 1, 1)), false);
    for (let epoch = 2; epoch < 1000; epoch++)
      assert.equal(owners.isStale(frame(0, epoch, epoch * 10)), false);
    assert.equal(owners.isStale(frame(0, 1, 21)), true);
    assert.equal(owners.isStale(frame(0, 1, 19)), false);
    assert.equal(owners.isStale(frame(0, 500, 5011)), true);
    assert.equal(owners.isStale(frame(0, 500, 5009)), false);
  });

  it('says of random frames what looking at all of them says', () => {
    const subject = 'frames.0';
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ epoch: fc.integer({ min: 1, max: 8 }), sequence: fc.integer({ min: 1, max: 30 }) }),
        ),
        (frames) => {
          const owners = newestOwner();
          const seen: { epoch: number; sequence: number }[] = [];
          for (const frame of frames) {
            const isStale = seen.some((each) => each.epoch > frame.epoch && each.sequence < frame.sequence);
            assert.equal(owners.isStale({ subject, ...frame }), isStale);
            seen.push(frame);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
