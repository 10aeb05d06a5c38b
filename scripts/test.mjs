/**
 * Runs the tests: a run of mocha for each directory of them, a few at once, since much of the suite waits for processes,
 * servers and timers. What a run printed is shown when it has ended. With arguments: one run, of what they name.
 * (Mocha's own --parallel ends with exit code 0 where one of its workers has died.)
 */
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const mocha = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url));
const runsAtOnce = 3;

/** Resolves with the exit code and what was printed, if it was kept. */
function run(files, keepsOutput) {
  const stdio = ['ignore', keepsOutput ? 'pipe' : 'inherit', keepsOutput ? 'pipe' : 'inherit'];
  const child = spawn(process.execPath, [mocha, ...files], { cwd: root, stdio });
  const kept = [];
  child.stdout?.on('data', (chunk) => kept.push(chunk));
  child.stderr?.on('data', (chunk) => kept.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Ended by a signal, it has no code of its own.
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(kept) }));
  });
}

/** Those that take longest begin first. */
const longest = ['faults', 'contract', 'analytics', 'cli', 'browser', 'simulation', 'property'];

/** The test files of each directory under test/, and those beside them, in the order in which they are run. */
function groups() {
  const byDirectory = new Map();
  for (const name of readdirSync(new URL('../test/', import.meta.url), {
    recursive: true,
    encoding: 'utf8',
  })) {
    const parts = name.split(/[\\/]/);
    const directory = parts.length > 1 ? parts[0] : '';
    if (!name.endsWith('.test.ts') || directory === 'shared') continue;
    byDirectory.set(directory, [...(byDirectory.get(directory) ?? []), `test/${parts.join('/')}`]);
  }
  const others = [...byDirectory.keys()].filter((directory) => !longest.includes(directory));
  return [...longest, ...others].map((directory) => byDirectory.get(directory));
}

async function runInTurn(waiting) {
  for (let files = waiting.shift(); files !== undefined; files = waiting.shift()) {
    const { code, output } = await run(files, true);
    process.stdout.write(output);
    if (code !== 0) process.exitCode = code;
  }
}

const given = process.argv.slice(2);
if (given.length > 0) {
  process.exitCode = (await run(given, false)).code;
} else {
  const waiting = groups();
  await Promise.all(Array.from({ length: runsAtOnce }, () => runInTurn(waiting)));
}
