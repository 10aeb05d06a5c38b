/**
 * `npm run faults`: what must survive, done to real processes, one part after the other. Prints a table and what is not
 * as it must be; exit code 1 where there is anything of that.
 */
import { Command, Option } from 'commander';
import { countOption } from '../src/cli/arguments.ts';
import { allParts } from './faults/all-parts.ts';
import { fullForm, type FaultOptions, type FaultReport, type FaultRow } from './faults/part.ts';
import { faultTable } from './faults/table.ts';

interface Options extends Omit<FaultOptions, 'seed' | 'judgesTime'> {
  readonly only?: readonly string[];
  readonly seed?: number;
}

const names = allParts.map(({ name }) => name);
const seedMax = 1_000_000;

const program = new Command('npm run faults --')
  .description('Fault tests: kills, stops and attacks real processes under load, then compares everything.')
  .addOption(new Option('--only <parts...>', 'these parts, not all').choices(names))
  .option('--settlements <n>', 'settlements a second', countOption, fullForm.settlements)
  .option('--prices <n>', 'prices a second', countOption, fullForm.prices)
  .option('--accounts <n>', 'accounts', countOption, fullForm.accounts)
  .option('--seconds <n>', 'of load, at least', countOption, fullForm.seconds)
  .option(
    '--kills <n>',
    'of the engine; the other processes a quarter of it each',
    countOption,
    fullForm.kills,
  )
  .option('--away-seconds <n>', 'how long the store is away', countOption, fullForm.awaySeconds)
  .option('--scenarios <n>', 'of part revalue', countOption, fullForm.scenarios)
  .option('--messages <n>', 'of part fuzz', countOption, fullForm.messages)
  .option('--seed <n>', 'chance begins here; otherwise anywhere', countOption)
  .addHelpText(
    'after',
    `\nParts:\n${allParts.map(({ name, what }) => `  ${name.padEnd(16)}${what}`).join('\n')}`,
  );

// What `exit` listeners end, Ctrl-C ends too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const { only = names, seed = 1 + (Date.now() % seedMax), ...rest } = program.parse().opts<Options>();
const options: FaultOptions = { ...rest, seed, judgesTime: true };
console.log(`seed ${seed}`);

const rows: FaultRow[] = [];
let failed = 0;
for (const part of allParts.filter(({ name }) => only.includes(name))) {
  console.log(`${part.name}: ${part.what}`);
  const { rows: own, notes, failures } = await attempt(part);
  rows.push(...own);
  for (const note of notes) console.log(`  ${note}`);
  for (const failure of failures) console.log(`  NOT SO: ${failure}`);
  failed += failures.length;
}
console.log(faultTable(rows));
console.log(failed === 0 ? 'passed' : `${failed} findings; repeat with --seed ${seed}`);
process.exit(failed === 0 ? 0 : 1);

/** A part that breaks off has failed; the others still run. */
async function attempt(part: (typeof allParts)[number]): Promise<FaultReport> {
  const startedAt = performance.now();
  try {
    return await part.run(options, (text) => {
      console.log(`  ${((performance.now() - startedAt) / 1000).toFixed(0)} s: ${text}`);
    });
  } catch (error) {
    const row = { fault: part.name, times: 0, recoveryMs: [], lost: null, doubled: null, differing: null };
    return { rows: [row], notes: [], failures: [String(error instanceof Error ? error.stack : error)] };
  }
}
