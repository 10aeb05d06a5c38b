/** The changelog's passes and checkpoints, on a clock that is set by hand and a book of nothing but accounts. */
import assert from 'node:assert/strict';
import { limits } from '../config/limits.ts';
import { Checkpointer, type CheckpointerParts } from '../src/checkpointer.ts';
import type { Checkpoint } from '../src/domain/recorded.ts';

interface Timer {
  readonly action: () => void;
  readonly every: number;
  next: number;
}

const accounts = 500;
const sequence = 7;

function checkpointerOf(intervalMs: number) {
  const state = {
    now: 1_000_000,
    isDurable: true,
    isRefused: false,
    isFrameRefused: false,
    inTurn: 0,
    inTurnMax: 0,
    msPerWrite: 0,
  };
  const checkpoints: Checkpoint[] = [];
  const written: string[] = [];
  const errors: string[] = [];
  const failed = new Set<number>();
  const timers = new Set<Timer>();
  const ticker = {
    tick: 0,
    ceiling: 0,
    durableThrough: sequence,
    durableTick: 0,
    effectsFrom: 4,
    applied: sequence,
  };
  const parts = {
    ticker,
    partitions: 1,
    stopped: () => failed,
    intervalMs,
    refreshMsMax: 300_000_000,
    isHeld: () => false,
    fail: (error: unknown) => assert.fail(String(error)),
    book: {
      accounts: {
        count: accounts,
        ids: Array.from({ length: accounts }, (_, row) => `a${row}`),
        sequence: Array.from({ length: accounts }, () => sequence),
      },
      snapshot: () => new Uint8Array(1_000),
      idPages: () => [],
      snapshotKept: () => undefined,
    },
    ports: {
      log: { debug: () => undefined, error: ({ error }: { error: string }) => errors.push(error) },
      clock: {
        now: () => state.now,
        every(every: number, action: () => void) {
          const timer = { action, every, next: state.now + every };
          timers.add(timer);
          return () => void timers.delete(timer);
        },
        turn: () => Promise.resolve(),
      },
      ledger: { lag: 0 },
      deadLetters: { settled: () => Promise.resolve() },
      frames: {
        position: 5,
        curveWritten: 0,
        curveDurable: 0,
        effectsWritten: 1,
        get effectsDurable() {
          return state.isDurable ? 1 : 0;
        },
        flush() {
          state.isDurable = !state.isFrameRefused;
          return Promise.resolve();
        },
      },
      changelog: {
        saveCheckpoint(checkpoint: Checkpoint) {
          checkpoints.push(checkpoint);
          return Promise.resolve();
        },
        saveAccount(account: string) {
          state.inTurnMax = Math.max(state.inTurnMax, ++state.inTurn);
          if (state.isRefused && account === 'a100') return Promise.reject(new Error('too large'));
          written.push(account);
          state.now += state.msPerWrite;
          return Promise.resolve();
        },
      },
    },
  };
  const checkpointer = new Checkpointer(parts as unknown as CheckpointerParts);
  return { checkpointer, ticker, state, checkpoints, written, errors, failed, passTime };

  async function passTime(ms: number): Promise<void> {
    for (const end = state.now + ms; state.now < end;) {
      state.now++;
      state.inTurn = 0;
      for (const timer of [...timers].filter(({ next }) => next <= state.now)) {
        timer.next += timer.every;
        timer.action();
      }
      await settled();
    }
  }
}

/** Whatever only waits for its turn has had it. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const seldom = 600_000;
const all = Array.from({ length: accounts }, (_, row) => `a${row}`);

describe('the checkpointer', () => {
  it('reserves ticks without a pass, so that no tick waits for one', async () => {
    const { checkpointer, ticker, state, checkpoints, passTime } = checkpointerOf(seldom);
    await checkpointer.start(null, 'then', sequence);
    for (let second = 0; second < 20; second++) {
      await passTime(1_000);
      assert.ok(ticker.ceiling > state.now, `the ceiling is ${ticker.ceiling} at ${state.now}`);
    }
    assert.equal(checkpoints.at(-1)?.tickCeiling, ticker.ceiling, 'what is reserved is durable');
    assert.ok(checkpoints.length <= 1 + 20_000 / (limits.ticksReservedMs / 2));
    const [first, ...later] = checkpoints;
    for (const each of later) assert.deepEqual({ ...each, tickCeiling: 0 }, { ...first, tickCeiling: 0 });
  });

  it('writes what changed in slices, with time for others between them, and vouches for it afterwards', async () => {
    const { checkpointer, state, checkpoints, written, passTime } = checkpointerOf(1_000);
    await checkpointer.start(null, 'then', sequence);
    for (let row = 0; row < accounts; row++) checkpointer.note(row);
    await passTime(1_000 + limits.checkpointSliceMs);
    assert.equal(checkpointer.sequence, 0);
    await passTime(1_000);
    assert.deepEqual([...new Set(written)].toSorted(), all.toSorted());
    assert.equal(state.inTurnMax, limits.checkpointSliceItems);
    assert.deepEqual([checkpointer.sequence, checkpointer.pending], [sequence, 0]);
    assert.equal(checkpoints.at(-1)?.effectsFrom, 4);
  });

  it('writes all of a pass again of which something was refused, and does not vouch for it before', async () => {
    const { checkpointer, state, written, errors, passTime } = checkpointerOf(1_000);
    await checkpointer.start(null, 'then', sequence);
    for (let row = 0; row < accounts; row++) checkpointer.note(row);
    state.isRefused = true;
    await passTime(1_900);
    assert.deepEqual(errors, ['Error: too large']);
    assert.deepEqual([checkpointer.sequence, checkpointer.pending], [0, accounts]);
    state.isRefused = false;
    written.length = 0;
    await passTime(1_900);
    assert.deepEqual([...new Set(written)].toSorted(), all.toSorted());
    assert.equal(checkpointer.sequence, sequence);
  });

  it('gives up a pass at the end, whatever it waits for, and writes every account', async () => {
    for (const [passedMs, isDurable] of [
      [1_000, true],
      [1_500, false],
    ] as const) {
      const { checkpointer, state, written, passTime } = checkpointerOf(1_000);
      await checkpointer.start(null, 'then', sequence);
      for (let row = 0; row < accounts; row++) checkpointer.note(row);
      state.isDurable = isDurable;
      await passTime(passedMs);
      assert.deepEqual(written, []);
      await checkpointer.finish();
      assert.deepEqual(written, all);
      assert.equal(checkpointer.sequence, sequence);
    }
  });

  it('writes at the end what changed, however long it takes, and of the others as many as there is time for', async () => {
    for (const isSlow of [true, false]) {
      const { checkpointer, state, checkpoints, written } = checkpointerOf(seldom);
      await checkpointer.start(null, 'then', sequence);
      const changed = Array.from({ length: 100 }, (_, i) => 3 + 4 * i);
      for (const row of changed) checkpointer.note(row);
      state.msPerWrite = isSlow ? limits.checkpointFinishMsMax / 50 : 0;
      await checkpointer.finish();
      assert.deepEqual(
        written.slice(0, 100),
        changed.map((row) => `a${row}`),
      );
      assert.equal(written.length, isSlow ? 100 : accounts);
      const { sequence: through, framesFrom } = checkpoints.at(-1) ?? {};
      // What prices did to the others is in frames from the first on.
      assert.deepEqual([through, framesFrom], [sequence, isSlow ? 1 : 6]);
    }
  });

  it('writes at the end what a pass had taken that is given up', async () => {
    const { checkpointer, state, written, passTime } = checkpointerOf(1_000);
    await checkpointer.start(null, 'then', sequence);
    for (let row = 0; row < accounts; row++) checkpointer.note(row);
    state.isDurable = false;
    await passTime(1_500);
    state.msPerWrite = limits.checkpointFinishMsMax;
    await checkpointer.finish();
    assert.deepEqual(written.toSorted(), all.toSorted());
    assert.equal(checkpointer.sequence, sequence);
  });

  it('leaves out an account that failed, vouches for no more meanwhile, and writes it when it is rebuilt', async () => {
    const { checkpointer, written, failed, passTime } = checkpointerOf(1_000);
    await checkpointer.start(null, 'then', sequence);
    checkpointer.note(3);
    failed.add(3);
    await passTime(1_900);
    assert.deepEqual([written.includes('a3'), checkpointer.sequence], [false, 0]);
    failed.delete(3);
    checkpointer.note(3);
    await passTime(1_900);
    assert.deepEqual([written.includes('a3'), checkpointer.sequence], [true, sequence]);
  });

  it('takes no state of an account that fails while its pass runs, and does not vouch for it', async () => {
    const { checkpointer, written, failed, passTime } = checkpointerOf(1_000);
    await checkpointer.start(null, 'then', sequence);
    for (let row = 0; row < accounts; row++) checkpointer.note(row);
    await passTime(1_000 + limits.checkpointSliceMs);
    failed.add(accounts - 1);
    await passTime(900);
    assert.deepEqual([written.includes(`a${accounts - 1}`), checkpointer.sequence], [false, 0]);
    failed.clear();
    checkpointer.note(accounts - 1);
    await passTime(1_900);
    assert.deepEqual([written.includes(`a${accounts - 1}`), checkpointer.sequence], [true, sequence]);
  });

  it('leaves the checkpoint where it is at the end, where rows of effects are in no frame', async () => {
    const { checkpointer, state, written, passTime } = checkpointerOf(seldom);
    await checkpointer.start(null, 'then', sequence);
    state.isDurable = false;
    await passTime(1);
    state.isFrameRefused = true;
    await checkpointer.finish();
    assert.deepEqual([written, checkpointer.sequence], [[], 0]);
  });
});
