/**
 * `npm run bench -- [part ...] [--write]`: runs the parts of docs/benchmarks.md, each in a process of its own, prints
 * a table and writes bench.json; `--write` writes docs/benchmarks.md from it. A part is named in full or by its
 * beginning: `ledger` is `ledger.mark` and `ledger.settle`. Other options are the parts' own: `--accounts=5000`.
 */
import { fork } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { benchmarksDocument, rowsTable } from './document.ts';
import { describeMachine } from './machine.ts';
import type { BenchRow } from './row.ts';

/** In the order of the specification. */
const parts: Readonly<Record<string, string>> = {
  'ledger.mark': './ledger-mark.ts',
  'ledger.settle': './ledger-settle.ts',
  'actor.tick': './actor-tick.ts',
  'pipeline.prices': './pipeline-prices.ts',
  'pipeline.batches': './pipeline-batches.ts',
  'pipeline.settlements': './pipeline-settlements.ts',
  latency: './latency.ts',
  sink: './sink.ts',
  queries: './queries.ts',
  recovery: './recovery.ts',
  checkpoint: './checkpoint.ts',
  'fan-out': './fan-out.ts',
  memory: './memory.ts',
  peers: './peers.ts',
};

const resultsFile = new URL('../../bench.json', import.meta.url);
const documentFile = new URL('../../docs/benchmarks.md', import.meta.url);

interface Results {
  readonly machine: string;
  readonly rows: readonly BenchRow[];
}

const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith('--'));
const options = args.filter((arg) => arg.startsWith('--') && arg !== '--write');
const names = Object.keys(parts).filter(
  (name) => wanted.length === 0 || wanted.some((each) => name === each || name.startsWith(`${each}.`)),
);
const unknown = wanted.filter((each) => !names.some((name) => name === each || name.startsWith(`${each}.`)));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

const machine = describeMachine();
const kept = earlier();
let hasFailed = false;
for (const name of names) {
  console.error(`${name} ...`);
  try {
    const rows = await runPart(parts[name] ?? '');
    kept.set(name, rows);
    console.log(rowsTable(rows));
  } catch (error) {
    hasFailed = true;
    kept.delete(name);
    console.error(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
const rows = Object.keys(parts).flatMap((name) => kept.get(name) ?? []);
writeFileSync(resultsFile, `${JSON.stringify({ machine, rows } satisfies Results, null, 2)}\n`);
if (names.length > 1) console.log(`\n${rowsTable(rows)}`);
if (args.includes('--write')) writeFileSync(documentFile, benchmarksDocument(machine, rows));
process.exit(hasFailed ? 1 : 0);

/** Rows of parts that do not run now stay as they were measured last. */
function earlier(): Map<string, BenchRow[]> {
  const found = new Map<string, BenchRow[]>();
  if (!existsSync(resultsFile)) return found;
  for (const row of (JSON.parse(readFileSync(resultsFile, 'utf8')) as Results).rows) {
    const name = Object.keys(parts).find((each) => each === row.part);
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), row]);
  }
  return found;
}

function runPart(file: string): Promise<BenchRow[]> {
  const child = fork(fileURLToPath(new URL('part.ts', import.meta.url)), [file, ...options], {
    execArgv: ['--expose-gc', '--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    let result: BenchRow[] | null = null;
    child.once('message', (message) => (result = message as BenchRow[]));
    child.once('exit', (code, signal) => {
      if (result !== null) resolve(result);
      else reject(new Error(`it ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}
