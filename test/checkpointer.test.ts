/** When the changelog's checkpoint is written, beside passes: ticks are reserved ahead of the clock all the time. */
import assert from 'node:assert/strict';
import { limits } from '../config/limits.ts';
import { Checkpointer, type CheckpointerParts } from '../src/checkpointer.ts';
import type { Checkpoint } from '../src/domain/recorded.ts';

/** A checkpointer of which no pass ever comes, on a clock that is set by hand. */
function started() {
  const state = { now: 1_000_000, saved: [] as Checkpoint[] };
  const ticker = { tick: 0, ceiling: 0, durableThrough: 7, durableTick: 0, applied: 7 };
  const timers: { readonly action: () => void; readonly every: number; next: number }[] = [];
  const log = { debug: () => undefined, error: (fields: object) => assert.fail(JSON.stringify(fields)) };
  const parts = {
    ticker,
    partitions: 1,
    intervalMs: 600_000,
    refreshMs: 300_000,
    fail: (error: unknown) => assert.fail(String(error)),
    ports: {
      log,
      clock: {
        now: () => state.now,
        every(every: number, action: () => void) {
          const timer = { action, every, next: state.now + every };
          timers.push(timer);
          return () => void timers.splice(timers.indexOf(timer), 1);
        },
      },
      changelog: {
        saveCheckpoint(checkpoint: Checkpoint) {
          state.saved.push(checkpoint);
          return Promise.resolve();
        },
      },
    },
  };
  const checkpointer = new Checkpointer(parts as unknown as CheckpointerParts);
  const passTime = async (ms: number): Promise<void> => {
    for (const end = state.now + ms; state.now < end;) {
      state.now++;
      for (const timer of timers.filter(({ next }) => next <= state.now)) {
        timer.next += timer.every;
        timer.action();
      }
      await Promise.resolve();
    }
  };
  return { checkpointer, ticker, state, passTime };
}

describe('the checkpointer', () => {
  it('reserves ticks without a pass, so that no tick waits for one', async () => {
    const { checkpointer, ticker, state, passTime } = started();
    await checkpointer.start(null, 'then', 7);
    for (let second = 0; second < 60; second++) {
      await passTime(1_000);
      assert.ok(ticker.ceiling > state.now, `the ceiling is ${ticker.ceiling} at ${state.now}`);
    }
    assert.equal(state.saved.at(-1)?.tickCeiling, ticker.ceiling, 'what is reserved is durable');
    const seldom = 1 + 60_000 / (limits.ticksReservedMs / 2);
    assert.ok(state.saved.length <= seldom, `${state.saved.length} checkpoints were written`);
  });

  it('says nothing else by it than the last checkpoint', async () => {
    const { checkpointer, state, passTime } = started();
    await checkpointer.start(null, 'then', 7);
    await passTime(10_000);
    const [first, ...later] = state.saved;
    assert.ok(later.length > 0);
    for (const each of later) assert.deepEqual({ ...each, tickCeiling: 0 }, { ...first, tickCeiling: 0 });
  });
});
