/** What frames say of the past: which effects are in them, also those that were recorded behind later ones. */
import assert from 'node:assert/strict';
import { frameColumns } from '../../../src/domain/frame.ts';
import { RecordedEffects } from '../../../src/recorded-effects.ts';
import { EffectFrames } from '../../../streams/sinks/effect-frames.ts';
import { FramedPast, type PastFrame } from '../../../streams/operators/framed-past.ts';
import { recordOf } from '../../support/ledger-bench.ts';
import { sampleEffect, sampleTime } from '../support/sample-rows.ts';

const subject = 'frames.0.effects';

describe('what frames say of effects', () => {
  let frames: PastFrame[];
  let writer: EffectFrames;
  let log: RecordedEffects;

  beforeEach(() => {
    frames = [];
    log = new RecordedEffects();
    writer = new EffectFrames((covers, _rows, body) => {
      const sequence = frames.length + 1;
      const name = `effects:0:${covers}:1`;
      const columns = frameColumns.effects;
      frames.push({ subject, sequence, epoch: 1, name, table: 'effects', columns, body: body.slice() });
    });
  });

  /** Events as they are applied, in one frame; each is in the effect log before. */
  const apply = (tick: number, through: number, ...sequences: number[]): void => {
    for (const sequence of sequences) {
      const effect = sampleEffect({ sequence, index: 0, time: sampleTime });
      writer.effect(effect, 0);
      log.add({ ...recordOf(effect), tick });
    }
    writer.seal(tick, sampleTime, through);
    writer.release();
    writer.close();
  };
  /** Which of the first six sequences are in the frames that are there. */
  const framed = (there: readonly PastFrame[]): number[] => {
    const past = new FramedPast();
    for (const frame of there) past.take(frame, { late: log.hasLate, strays: log.strayPlaces });
    past.end();
    return [1, 2, 3, 4, 5, 6].filter((sequence) => past.isFramed(sequence, 0));
  };

  it('goes by their names', () => {
    apply(10, 3, 1, 2, 3);
    apply(11, 6, 4, 6);
    assert.deepEqual(framed(frames), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(framed(frames.slice(0, 1)), [1, 2, 3]);
  });

  it('but by the row for an event of an account that was made anew while others went on', () => {
    // 2 and 4 are of the account that failed.
    apply(10, 5, 1, 3, 5);
    apply(11, 5, 2, 4);
    assert.deepEqual(framed(frames), [1, 2, 3, 4, 5]);
    // Recorded, and its frame was under way when the engine was killed.
    assert.deepEqual(framed(frames.slice(0, 1)), [1, 3, 5]);
    assert.deepEqual(framed([]), []);
  });

  it('also where such a row is in a frame with later ones', () => {
    apply(10, 5, 1, 3, 5);
    apply(11, 6, 2, 6);
    assert.deepEqual(framed(frames), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(framed(frames.slice(0, 1)), [1, 3, 4, 5]);
  });
});
