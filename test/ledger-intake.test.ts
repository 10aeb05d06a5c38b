import assert from 'node:assert/strict';
import type { LedgerMessage } from '../src/domain/ledger-event.ts';
import { LedgerIntake } from '../src/ledger-intake.ts';
import type { IntakeParts } from '../src/ledger-intake.ts';
import { TickGate } from '../src/tick-gate.ts';

describe('the way of the ledger', () => {
  let delivered: number[];
  let intake: LedgerIntake;
  const messages = (...sequences: number[]): LedgerMessage[] =>
    sequences.map((sequence) => ({ sequence, items: [] }) as unknown as LedgerMessage);
  const intakeWith = (gate: TickGate, voids: object): LedgerIntake => {
    return new LedgerIntake({
      gate,
      frames: { congested: false } as never,
      symbols: {} as never,
      describe: () => Promise.resolve(),
      voids: voids as IntakeParts['voids'],
      deliver: (batch) => void delivered.push(...batch.map(({ sequence }) => sequence)),
      relieve: () => Promise.resolve(),
      isFull: () => false,
    });
  };

  beforeEach(() => {
    delivered = [];
  });

  it('has come to a sequence of which the message was deleted, when the next one waits behind it', async () => {
    const gate: TickGate = new TickGate({} as never, {} as never, () => intake.applied);
    intake = intakeWith(gate, { concerns: () => false });
    gate.holdAt(4);
    const taken = intake.take(messages(1, 2, 3, 6));
    await intake.appliedThrough(4);
    assert.deepEqual([delivered, intake.applied], [[1, 2, 3], 5]);
    gate.release();
    await taken;
    assert.deepEqual([delivered, intake.applied], [[1, 2, 3, 6], 6]);
  });

  it('ends within a batch when it is stopped: what is left is neither delivered nor counted as applied', async () => {
    const prepared: (() => void)[] = [];
    const gate: TickGate = new TickGate({} as never, {} as never, () => intake.applied);
    intake = intakeWith(gate, {
      concerns: () => true,
      prepare: () => new Promise<void>((done) => prepared.push(done)),
    });
    const goOn = async (): Promise<void> => {
      for (const done of prepared.splice(0)) done();
      await new Promise((resolve) => setImmediate(resolve));
    };
    const taken = intake.take(messages(1, 2, 3));
    await goOn();
    await goOn();
    assert.deepEqual([delivered, intake.applied], [[1], 1]);
    intake.stop();
    await goOn();
    await taken;
    assert.deepEqual([delivered, intake.applied], [[1], 1]);
  });
});
