import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as format from '../../src/cli/format.ts';

describe('figures in a terminal', () => {
  const money: [number | null, string, string][] = [
    [123_456, 'USD', '1,234.56'],
    [-5, 'USD', '-0.05'],
    [0, 'USD', '0.00'],
    [1234, 'JPY', '1,234'],
    [1234, 'KWD', '1.234'],
    [9_007_199_254_740_991, 'BTC', '90,071,992.54740991'],
    [9_007_199_254_740_991, 'USD', '90,071,992,547,409.91'],
    [null, 'USD', '-'],
  ];
  for (const [minor, currency, text] of money) {
    it(`shows ${String(minor)} minor units of ${currency} as ${text}`, () => {
      assert.equal(format.moneyText(minor, currency), text);
    });
  }

  it('takes the decimals that the configuration gives a currency', () => {
    assert.equal(format.moneyText(123_456, 'XYZ', { XYZ: 4 }), '12.3456');
  });

  it('loses no minor unit of any amount', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('USD', 'JPY', 'KWD', 'BTC'), (minor, currency) => {
        const text = format.moneyText(minor, currency);
        assert.equal(BigInt(text.replace(/[.,]/g, '')), BigInt(minor));
      }),
    );
  });

  it('signs what is won and what is lost, not what is neither', () => {
    assert.deepEqual(
      [100, -100, 0].map((minor) => format.signedMoneyText(minor, 'USD')),
      ['+1.00', '-1.00', '0.00'],
    );
  });

  it('keeps every digit of a quantity', () => {
    assert.equal(format.decimalText('1234567.00000001'), '1,234,567.00000001');
    assert.equal(format.decimalText(null), '-');
  });

  it('shows fractions as percent, and percent with its sign', () => {
    assert.equal(format.percentText(-0.0412), '-4.12 %');
    assert.equal(format.signedPercentText(0.3977), '+0.40 %');
    assert.equal(format.percentText(null), '-');
  });

  const durations: [number | null, string][] = [
    [0.25, '250 ms'],
    [59, '59 s'],
    [90, '1 min 30 s'],
    [3600, '1 h'],
    [93_784, '1 d 2 h'],
    [86_400 * 517, '517 d'],
    [86_400 + 59, '1 d'],
    [null, '-'],
  ];
  for (const [seconds, text] of durations) {
    it(`shows ${String(seconds)} seconds as ${text}`, () => {
      assert.equal(format.durationText(seconds), text);
    });
  }

  it('shows times in UTC', () => {
    assert.equal(format.timeText(Date.UTC(2026, 0, 2, 14, 5, 6, 789)), '2026-01-02 14:05:06Z');
    assert.equal(format.timeText(null), '-');
    assert.equal(format.sqlTimeText('2026-01-02 14:05:06.789'), '2026-01-02 14:05:06Z');
  });
});
