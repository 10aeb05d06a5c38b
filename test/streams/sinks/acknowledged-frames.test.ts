import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AcknowledgedFrames } from '../../../streams/sinks/acknowledged-frames.ts';

/** So many rows of effects, and none of the curve. */
const effects = (count: number): { effects: number; curve: number } => ({ effects: count, curve: 0 });

describe('acknowledged frames', () => {
  it('count from the first one on, without a gap', () => {
    const frames = new AcknowledgedFrames();
    const add = (effects: number, curve: number) => frames.add({ effects, curve });
    const [first, second, third] = [add(10, 0), add(10, 4), add(25, 4)];
    third(3);
    assert.deepEqual([frames.rows, frames.position], [{ effects: 0, curve: 0 }, 0]);
    first(1);
    assert.deepEqual([frames.rows, frames.position], [{ effects: 10, curve: 0 }, 0]);
    second(2);
    assert.deepEqual([frames.rows, frames.position], [{ effects: 25, curve: 4 }, 3]);
  });

  it('put the position before a frame that was stored and not acknowledged yet', () => {
    const frames = new AcknowledgedFrames();
    // The first one was lost and sent again; the second one is stored at 1 meanwhile.
    const [first, second] = [frames.add(effects(1)), frames.add(effects(2))];
    first(2);
    assert.equal(frames.position, 0);
    second(1);
    assert.equal(frames.position, 2);
  });

  it('stand still behind one that was refused', () => {
    const frames = new AcknowledgedFrames();
    frames.add(effects(1))(1);
    frames.add(effects(2));
    const last = frames.add(effects(3));
    frames.break();
    last(3);
    frames.add(effects(4))(4);
    assert.deepEqual([frames.rows.effects, frames.position], [1, 1]);
  });

  it('never give a position behind which a frame that is not acknowledged stands', () => {
    const step = fc.record({ sends: fc.boolean(), stores: fc.nat(), acknowledges: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const frames = new AcknowledgedFrames();
        const unstored: { acknowledge: (position: number) => void }[] = [];
        const stored: { acknowledge: (position: number) => void; position: number }[] = [];
        let position = 0;
        let sent = 0;
        for (const { sends, stores, acknowledges } of steps) {
          if (sends) unstored.push({ acknowledge: frames.add(effects(++sent)) });
          const [storing] = unstored.splice(stores % (unstored.length + 2), 1);
          if (storing !== undefined) stored.push({ ...storing, position: ++position });
          const [done] = stored.splice(acknowledges % (stored.length + 2), 1);
          done?.acknowledge(done.position);
          for (const each of stored) assert.ok(each.position > frames.position);
        }
        for (const each of [...stored, ...unstored.map((u) => ({ ...u, position: ++position }))])
          each.acknowledge(each.position);
        assert.deepEqual([frames.rows.effects, frames.position], [sent, position]);
      }),
    );
  });
});
