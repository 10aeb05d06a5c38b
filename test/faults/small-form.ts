/** The fault tests in a form for every run: few faults, little load, a seed that is told when something differs. */
import assert from 'node:assert/strict';
import { fullForm, type FaultOptions, type FaultPart, type FaultRow } from '../../scripts/faults/part.ts';

const seedMax = 1_000_000;

const smallForm: FaultOptions = {
  ...fullForm,
  settlements: 300,
  prices: 1_000,
  accounts: 12,
  seconds: 4,
  awaySeconds: 3,
  scenarios: 2,
  messages: 1_500,
  kills: 3,
  judgesTime: false,
};

/** Runs a part; fails with what it found, and the seed that repeats it. */
export async function survive(
  part: FaultPart,
  options: Partial<FaultOptions> = {},
): Promise<readonly FaultRow[]> {
  const seed = 1 + (Date.now() % seedMax);
  const { rows, failures } = await part.run({ ...smallForm, seed, ...options }, () => undefined);
  assert.deepEqual(failures, [], `part ${part.name}, seed ${seed}`);
  return rows;
}

/** The figures of a line of the table. */
export function lineOf(rows: readonly FaultRow[], fault: string): Omit<FaultRow, 'recoveryMs' | 'fault'> {
  const found = rows.find((row) => row.fault === fault);
  assert.ok(found, `no line ${fault} among ${rows.map((row) => row.fault).join(', ')}`);
  const { times, lost, doubled, differing } = found;
  return { times, lost, doubled, differing };
}
