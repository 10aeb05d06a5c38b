/**
 * The suite's oracle and the one beside the checkout, written by different hands, agree on thousands of random
 * histories. This is how each watches the other; what the product is held to elsewhere is the suite's own.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { histories, instruments } from '../support/history.ts';
import type { Step } from '../support/history.ts';
import { NaiveOracle } from '../support/oracle.ts';
import type { OracleOptions } from '../support/oracle.ts';
import { assertSameFigures } from '../support/same-figures.ts';
import { loadSharedOracle } from '../support/shared-oracle.ts';
import type { SharedOracle, SharedOracleClass } from '../support/shared-oracle.ts';

describe('the two oracles', () => {
  let Shared: SharedOracleClass;

  before(async () => {
    Shared = await loadSharedOracle();
  });

  const agree = (options: OracleOptions, steps: readonly Step[]): void => {
    const own = new NaiveOracle(options);
    const other = new Shared(options);
    for (const [symbol, fields] of Object.entries(instruments)) {
      own.instrument(symbol, fields);
      other.instrument(symbol, fields);
    }
    let sequence = 0;
    for (const step of steps) {
      if (step.step === 'price') {
        assert.equal(own.price(step.symbol, step.message), other.price(step.symbol, step.message));
      } else if (step.step === 'tick') {
        assert.deepEqual(own.tick(), other.tick());
        compare(own, other);
      } else if (step.step === 'event') {
        sequence++;
        const { subject, message } = step;
        assert.deepEqual(own.apply(subject, message, sequence), other.apply(subject, message, sequence));
      }
    }
    compare(own, other);
  };

  const compare = (own: NaiveOracle, other: SharedOracle): void => {
    for (const id of ['a', 'b', 'c']) {
      const theirs = other.inspect(id);
      const ours = own.inspect(id);
      if (theirs === null || ours === null) assert.equal(ours, theirs);
      else {
        assertSameFigures(ours, theirs);
        assert.deepEqual(nonZero(own.identity(id)), nonZero(other.identity(id)));
      }
    }
  };

  const nonZero = (sums: Record<string, bigint>): [string, bigint][] =>
    Object.entries(sums).filter(([, x]) => x !== 0n);

  const check = (options: OracleOptions, runs: number, maxLength: number): void => {
    const history = histories({ accounts: ['a', 'b', 'c'], maxLength });
    fc.assert(
      fc.property(history, (steps) => agree(options, steps)),
      { numRuns: runs },
    );
  };

  it('agree with accounts in USD, marked at the mid', () => check({}, 3000, 50));
  it('agree marked at the side that closing would meet', () => check({ mark: 'exit' }, 1500, 50));
  it('agree with accounts in EUR and in JPY, over the pivot', () => {
    check({ base: 'EUR' }, 1500, 50);
    check({ base: 'JPY' }, 1500, 50);
  });
  it('agree where settlements always offer their price, and where they never do', () => {
    check({ fromSettlements: 'always' }, 800, 50);
    check({ fromSettlements: 'never' }, 800, 50);
  });
  it('agree where accounts must be opened, and with another dust', () => {
    check({ autoOpen: false }, 800, 50);
    check({ dust: 5000n }, 800, 50);
  });
  it('agree on long histories', () => check({}, 20, 1000));
});
