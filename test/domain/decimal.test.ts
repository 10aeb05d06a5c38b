/** Decimals of the wire: what is one, its exact value, and the integer it is at a scale. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  atScale,
  fitsScale,
  parseDecimal,
  parseMarketDecimal,
  roundedAtScale,
  scaledText,
} from '../../src/domain/decimal.ts';
import { atScale as exactAtScale, decimalOf, isSafeInteger, plainText } from '../support/oracle/exact.ts';

const decimalText = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt(0n, 10n ** 24n),
    fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), maxLength: 20 }),
  )
  .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`);

describe('a decimal', () => {
  it('is text of digits, with at most one point between them, or a JSON number', () => {
    for (const x of ['0', '-0', '00.10', '187.23', '-37.63', 0, 187.23, -0.5, 1e-7, 1e21, 123456789012345]) {
      assert.notEqual(parseDecimal(x), null, String(x));
    }
    const none = ['', ' 1', '1 ', '+1', '.5', '5.', '1e3', '0x10', '1,5', '1.2.3', 'NaN', '٣', '--1', '-'];
    for (const x of [...none, NaN, Infinity, null, undefined, true, {}, [], [1]]) {
      assert.equal(parseDecimal(x), null, JSON.stringify(x));
      assert.equal(parseMarketDecimal(x), null, JSON.stringify(x));
    }
  });

  it('from a JSON number of more than 15 significant digits is refused in the ledger, taken from the market', () => {
    const long = 0.1 + 0.2; // 0.30000000000000004
    assert.equal(parseDecimal(long), null);
    assert.equal(roundedAtScale(parseMarketDecimal(long)!, 4), 3000);
    assert.equal(parseDecimal(1234567890123456), null);
    // 15 digits that count; zeros before and behind do not.
    assert.equal(atScale(parseDecimal(123456789012345000)!, 0), NaN);
    assert.equal(atScale(parseDecimal(0.000123456789012345)!, 18), 123456789012345);
  });

  it('is the same however it is written', () => {
    for (const x of ['10', '10.0', '010.000', 10])
      assert.deepEqual(parseDecimal(x), { coefficient: 10, scale: 0 }, String(x));
    assert.deepEqual(parseDecimal('0.50'), parseDecimal(0.5));
    assert.deepEqual(parseDecimal('-0.000'), parseDecimal(0));
    assert.deepEqual(parseDecimal(1e-7), { coefficient: 1, scale: 7 });
  });

  it('keeps any number of digits', () => {
    fc.assert(
      fc.property(decimalText, fc.integer({ min: 0, max: 18 }), (text, scale) => {
        const parsed = parseDecimal(text)!;
        const exact = decimalOf(text)!;
        const fits = (exact.n * 10n ** BigInt(scale)) % exact.d === 0n;
        assert.equal(fitsScale(parsed, scale), fits);
        const units = exactAtScale(exact, scale);
        const expected = isSafeInteger(units) ? Number(units) : NaN;
        assert.equal(roundedAtScale(parsed, scale), expected);
        if (fits) assert.equal(atScale(parsed, scale), expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('that is a double is taken at its shortest form', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 0, max: 12 }),
        (x, scale) => {
          const ours = parseMarketDecimal(x)!;
          const units = exactAtScale(decimalOf(x, 99)!, scale);
          assert.equal(roundedAtScale(ours, scale), isSafeInteger(units) ? Number(units) : NaN);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('beyond the safe integers is NaN at its scale, never a near one', () => {
    assert.equal(atScale(parseDecimal('9007199254740991')!, 0), 9007199254740991);
    assert.equal(atScale(parseDecimal('9007199254740992')!, 0), NaN);
    assert.equal(atScale(parseDecimal('900719925474.0992')!, 4), NaN);
    assert.equal(atScale(parseDecimal('99999999999999999999')!, 4), NaN);
  });

  it('of the market is rounded half to even at the scale', () => {
    const rounded = (text: string, scale: number): number => roundedAtScale(parseMarketDecimal(text)!, scale);
    assert.deepEqual(
      ['1.00005', '1.00015', '1.00025', '-1.00015'].map((x) => rounded(x, 4)),
      [10000, 10002, 10002, -10002],
    );
    assert.equal(rounded('1.000050000000000000000000001', 4), 10001);
    assert.equal(rounded('187.23', 2), 18723);
  });
});

describe('scaled text', () => {
  it('is an integer at its scale without trailing zeros', () => {
    assert.equal(scaledText(1872300, 4), '187.23');
    assert.equal(scaledText(-376300, 4), '-37.63');
    assert.equal(scaledText(5, 4), '0.0005');
    assert.equal(scaledText(-5, 8), '-0.00000005');
    assert.equal(scaledText(0, 4), '0');
    assert.equal(scaledText(120, 0), '120');
    assert.equal(scaledText(1000000, 4), '100');
  });

  it('reads back as the same integer', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }), (units, scale) => {
        const text = scaledText(units, scale);
        assert.equal(text, plainText(BigInt(units), scale));
        assert.equal(atScale(parseDecimal(text)!, scale), units + 0);
      }),
      { numRuns: 5000 },
    );
  });
});
