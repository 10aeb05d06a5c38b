/** The fast forms of the one rounding of money, held to BigInt over the whole range of safe integers, ties included. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  exactQuotientBelow,
  mulDivHalfEven,
  powerOfTen,
  quotientHalfEven,
  replacePart,
  roundHalfEven,
} from '../../src/domain/rounding.ts';
import { isSafeInteger, nearestEven } from '../support/oracle/exact.ts';

const safe = Number.MAX_SAFE_INTEGER;
const anyInteger = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.maxSafeInteger(),
  fc.integer({ min: 0, max: 52 }).map((n) => 2 ** n),
  fc.integer({ min: 0, max: 1000 }).map((n) => safe - n),
  fc.integer({ min: 0, max: 1000 }).map((n) => n - safe),
);
/** As instruments have them: powers of ten, and what is left of them after reduction. */
const denominator = fc.oneof(
  fc.integer({ min: 0, max: 22 }).map((n) => 10 ** n),
  fc.integer({ min: 1, max: 40 }).map((n) => 2 ** n),
  fc.integer({ min: 1, max: 22 }).map((n) => 5 ** n),
  fc.integer({ min: 1, max: 1_000_000 }),
);

/** The nearest integer by the oracle's arithmetic; NaN where it is no safe integer. */
function expectedOf(n: bigint, d: bigint): number {
  const nearest = nearestEven({ n, d });
  return isSafeInteger(nearest) ? Number(nearest) : NaN;
}

describe('rounding half to even', () => {
  it('takes the middle to the even side, on both sides of zero', () => {
    const halves = [-7, -5, -3, -1, 1, 3, 5, 7];
    assert.deepEqual(
      halves.map((n) => Number(roundHalfEven(BigInt(n), 2n))),
      [-4, -2, -2, -0, 0, 2, 2, 4].map((n) => n + 0),
    );
    assert.deepEqual(
      halves.map((n) => quotientHalfEven(n, 2)),
      [-4, -2, -2, 0, 0, 2, 2, 4],
    );
    assert.deepEqual(
      halves.map((n) => mulDivHalfEven(n, 1, 2)),
      [-4, -2, -2, 0, 0, 2, 2, 4],
    );
  });

  it('is the same in BigInt, by two hands', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.bigInt(1n, 10n ** 25n), (n, d) => {
        assert.equal(roundHalfEven(n, d), nearestEven({ n, d }));
      }),
    );
  });

  it('of a product by a denominator is exact, whatever the size of the product', () => {
    fc.assert(
      fc.property(anyInteger, anyInteger, denominator, (a, b, d) => {
        const actual = mulDivHalfEven(a, b, d);
        assert.equal(actual, expectedOf(BigInt(a) * BigInt(b), BigInt(d)));
      }),
      { numRuns: 20_000 },
    );
  });

  it('of a product is exact at every tie and one beside it', () => {
    // k x d + d / 2 is a tie for every k; as a product of two factors it is (2k + 1) x (d / 2) / d.
    const evenDenominator = fc.oneof(
      fc.integer({ min: 1, max: 15 }).map((n) => 10 ** n),
      fc.integer({ min: 1, max: 1_000_000 }).map((n) => 2 * n),
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), evenDenominator, fc.constantFrom(-1, 0, 1), (k, d, beside) => {
        const odd = k % 2 === 0 ? k - 1 : k;
        const half = d / 2 + beside;
        assert.equal(mulDivHalfEven(odd, half, d), expectedOf(BigInt(odd) * BigInt(half), BigInt(d)));
      }),
      { numRuns: 20_000 },
    );
  });

  it('of a quotient in doubles is exact below its bound', () => {
    const dividend = fc.maxSafeInteger().map((n) => n % exactQuotientBelow);
    fc.assert(
      fc.property(
        dividend,
        denominator.map((d) => d * 4),
        (x, d) => {
          assert.equal(quotientHalfEven(x, d), expectedOf(BigInt(x), BigInt(d)));
        },
      ),
      { numRuns: 20_000 },
    );
    assert.equal(quotientHalfEven(exactQuotientBelow - 1, 4), 1125899906842624);
    assert.equal(quotientHalfEven(-exactQuotientBelow + 1, 4), -1125899906842624);
  });

  it('says NaN where the result is no safe integer, also of what is none itself', () => {
    assert.equal(mulDivHalfEven(safe, safe, 1), NaN);
    assert.equal(mulDivHalfEven(safe, 2, 1), NaN);
    assert.equal(mulDivHalfEven(safe, 2, 2), safe);
    assert.equal(mulDivHalfEven(NaN, 2, 2), NaN);
  });

  it('never gives a negative zero', () => {
    for (const a of [-1, -0, 0]) assert.ok(Object.is(mulDivHalfEven(a, 1, 4), 0), `${a}`);
    assert.ok(Object.is(mulDivHalfEven(-0, 5, 1), 0));
  });

  it('knows the powers of ten', () => {
    assert.equal(powerOfTen(0), 1n);
    assert.equal(powerOfTen(36), 10n ** 36n);
  });
});

describe('replacing a part of a total', () => {
  it('is exact while the new total is safe, and says so when it is not', () => {
    fc.assert(
      fc.property(anyInteger, anyInteger, anyInteger, (total, old, now) => {
        const exact = BigInt(total) - BigInt(old) + BigInt(now);
        const actual = replacePart(total, old, now);
        if (isSafeInteger(exact)) assert.equal(actual, Number(exact));
        else assert.ok(!Number.isSafeInteger(actual));
      }),
      { numRuns: 20_000 },
    );
    assert.equal(replacePart(1, 2, NaN), NaN);
  });
});
