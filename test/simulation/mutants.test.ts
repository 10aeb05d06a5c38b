/** Planted bugs: the simulation finds each of them within 200 seeds. Every one runs in a process of its own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Mutant } from './mutants.ts';
import { mutants } from './mutants.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const events = 300;
const seedsMax = 200;
const mutantMsMax = 170_000;

describe('the simulation finds', function () {
  this.timeout(mutantMsMax + 10_000);
  const hunts = new Map<Mutant, Promise<string>>();

  before(() => {
    // As many at once as there are cores, in the order of the tests.
    const cores = Array.from({ length: availableParallelism() }, () => Promise.resolve(''));
    mutants.forEach((mutant, i) => {
      const free = cores[i % cores.length] ?? Promise.resolve('');
      const done = free.then(() => hunt(mutant));
      hunts.set(mutant, done);
      cores[i % cores.length] = done;
    });
  });

  for (const mutant of mutants) {
    it(`that ${mutant.name}`, async function () {
      const found = await hunts.get(mutant);
      assert.match(found ?? '', /^seed \d+, /, `none of ${seedsMax} seeds found anything`);
      this.test!.title += ` (${found?.split('\n')[0]?.slice(0, 120) ?? ''})`;
    });
  }

  it('its bugs where they are planted, and nowhere else', () => {
    const astray = mutants.filter(
      ({ file, find }) => readFileSync(`${root}/${file}`, 'utf8').split(find).length !== 2,
    );
    assert.deepEqual(
      astray.map(({ name }) => name),
      [],
    );
  });
});

/** What the first seed says that finds something. */
async function hunt({ file, find, replace, seed }: Mutant): Promise<string> {
  const first = seed === undefined ? [] : ['--first', String(seed)];
  const flags = ['--import', './test/simulation/mutant-hook.mjs', '--import', 'tsx'];
  const args = ['scripts/simulate.ts', '--seeds', `0..${seedsMax - 1}`, '--events', String(events), ...first];
  const options = {
    cwd: root,
    env: { ...process.env, SIMULATION_MUTANT: JSON.stringify({ file, find, replace }) },
    timeout: mutantMsMax,
  };
  try {
    const { stdout } = await run(process.execPath, [...flags, ...args], options);
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return stdout === '' ? stderr : stdout;
  }
}
