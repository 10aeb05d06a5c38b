/**
 * Simulations from seeds: `npm run simulate -- --seed 7 --events 2000` repeats one and says what happens in it,
 * `--count 1000` or `--seeds 0..999` runs many. Exit code 1 where one finds something.
 */
import { parseArgs } from 'node:util';
import { simulate } from '../test/simulation/simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    count: { type: 'string' },
    first: { type: 'string' },
    events: { type: 'string', default: '2000' },
    trace: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
});

const events = Number(values.events);
const seeds = seedsOf();
const isTraced = values.trace;
const startedAt = process.hrtime.bigint();
let found = 0;
let run = 0;
let ledger = 0;
let steps = 0;
for (const seed of seeds) {
  run++;
  try {
    const trace = (line: string): void => void process.stdout.write(`${line}\n`);
    const report = await simulate({ seed, events, ...(isTraced ? { trace } : {}) });
    ledger += report.ledger;
    steps += report.steps;
    if (seeds.length === 1) console.log(JSON.stringify(report));
  } catch (error) {
    found++;
    console.log(`seed ${seed}, ${events} events: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof Error && error.constructor.name !== 'SimulationFailure') console.log(error.stack);
    console.log(`  npm run simulate -- --seed ${seed} --events ${events} --trace`);
    if (!values['keep-going']) break;
  }
}
const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
const rate = (run / seconds).toFixed(1);
console.log(
  `${run} of ${seeds.length} seeds, ${ledger} messages, ${steps} steps in ${seconds.toFixed(1)} s: ${rate} runs/s, ${found} found something`,
);
process.exitCode = found > 0 ? 1 : 0;

function seedsOf(): number[] {
  if (values.seed !== undefined) return [Number(values.seed)];
  const [from = 0, to = NaN] = (values.seeds ?? '').split('..').filter(Boolean).map(Number);
  const last = Number.isNaN(to) ? from + Number(values.count ?? 100) - 1 : to;
  const all = Array.from({ length: last - from + 1 }, (_, i) => from + i);
  // Where one is known to find something, it comes first.
  return values.first === undefined ? all : [Number(values.first), ...all];
}
