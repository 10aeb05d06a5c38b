import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { limits } from '../config/limits.ts';
import { Health, type HealthParts } from '../src/health.ts';
import { ManualClock } from './streams/support/manual-clock.ts';

describe('the engine’s health', () => {
  const clock = new ManualClock();
  let sinkFrames: number | null = null;
  let asked = 0;
  let answer: () => void = () => undefined;
  const ports = {
    clock,
    ledger: { lag: 7 },
    frames: { outstandingBytes: 100, outstandingRows: 3 },
    effects: { outstandingBytes: 50 },
    sink: {
      frames: () => {
        asked++;
        return new Promise<number | null>((resolve) => (answer = () => resolve(sinkFrames)));
      },
    },
  } as unknown as HealthParts['ports'];
  const health = new Health({ ports, applied: () => 120, checkpoint: () => 100 });

  it('is what each part has under way; of the sink nobody knows at first', () => {
    assert.deepEqual(health.lags, {
      ledger: 7,
      frames: { bytes: 100, rows: 3 },
      effects: 50,
      checkpoint: 20,
      sink: null,
    });
  });

  it('has the sink asked every few seconds, once at a time', async () => {
    const cancel = health.watch();
    assert.equal(asked, 1);
    clock.advance(limits.sinkLagAskMs);
    assert.equal(asked, 1);
    sinkFrames = 4;
    answer();
    await turn();
    assert.equal(health.lags.sink, 4);
    clock.advance(limits.sinkLagAskMs);
    assert.equal(asked, 2);
    sinkFrames = null;
    answer();
    await turn();
    assert.equal(health.lags.sink, null);
    cancel();
    clock.advance(10 * limits.sinkLagAskMs);
    assert.equal(asked, 2);
  });

  it('has nothing behind a checkpoint that is ahead of a ledger not read yet', () => {
    const early = new Health({ ports, applied: () => 0, checkpoint: () => 100 });
    assert.equal(early.lags.checkpoint, 0);
  });
});
