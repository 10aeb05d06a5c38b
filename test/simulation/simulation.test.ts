/** The production wiring in simulated worlds: 200 that are always the same, and 20 that nobody has seen before. */
import { randomInt } from 'node:crypto';
import { simulate } from './simulate.ts';

const events = 300;
const fixedSeeds = 200;
const randomSeeds = 20;
/** Of those that chance brought, the ones that found something. */
const telling = [632929718, 101087];
/** Seeds of one test: each has mocha's time for itself. */
const seedsAtOnce = 20;

describe(`simulated worlds of ${events} ledger messages and more, with faults, come to what the oracle says:`, function () {
  this.timeout(120_000);

  for (let first = 0; first < fixedSeeds; first += seedsAtOnce) {
    it(`seeds ${first} to ${first + seedsAtOnce - 1}`, async () => {
      for (let seed = first; seed < first + seedsAtOnce; seed++) await simulateOrTell(seed);
    });
  }

  it(`seeds that found something once: ${telling.join(', ')}`, async () => {
    for (const seed of telling) await simulateOrTell(seed);
  });

  const unseen = Array.from({ length: randomSeeds }, () => randomInt(fixedSeeds, 2 ** 31));
  it(`seeds by chance: ${unseen.join(', ')}`, async () => {
    for (const seed of unseen) await simulateOrTell(seed);
  });
});

/** How to repeat what was found stands before what it is. */
async function simulateOrTell(seed: number): Promise<void> {
  try {
    await simulate({ seed, events });
  } catch (error) {
    const command = `npm run simulate -- --seed ${seed} --events ${events} --trace`;
    throw new Error(`${command}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
