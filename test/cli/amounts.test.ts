import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minorInteger, minorUnits } from '../../src/client/amounts.ts';
import { UsageError } from '../../src/cli/context.ts';
import { moneyText } from '../../src/cli/format.ts';

describe('amounts as they are typed', () => {
  const cases: [string, string, number][] = [
    ['1000.00', 'USD', 100_000],
    ['1000', 'USD', 100_000],
    ['80.75', 'USD', 8075],
    ['1.1', 'USD', 110],
    ['-0.75', 'USD', -75],
    ['1.005', 'KWD', 1005],
    ['100', 'JPY', 100],
    ['0.00000001', 'BTC', 1],
    ['1.100', 'USD', 110],
  ];
  for (const [text, currency, minor] of cases) {
    it(`takes ${text} ${currency} for ${minor} minor units`, () => {
      assert.equal(minorUnits(text, currency, {}, 'the amount'), minor);
    });
  }

  it('refuses what the currency cannot hold, what an account cannot hold, and what is no decimal', () => {
    for (const [text, message] of [
      ['10.005', /more decimals than USD has \(2\)/],
      ['90071992547409.92', /more than an account can hold/],
      ['1,000.00', /plain decimal/],
      ['1e3', /plain decimal/],
      ['', /plain decimal/],
    ] as const) {
      assert.throws(
        () => minorUnits(text, 'USD', {}, 'the amount'),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      );
    }
    assert.throws(() => minorUnits('0.1', 'JPY', {}, 'the amount'), UsageError);
  });

  it('takes minor units as they are', () => {
    assert.equal(minorInteger('-125', '--fee'), -125);
    for (const text of ['1.25', '1e3', '9007199254740992', '']) {
      assert.throws(() => minorInteger(text, '--fee'), UsageError);
    }
  });

  it('reads back what it shows, for any amount and currency', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('USD', 'JPY', 'KWD', 'BTC'), (minor, currency) => {
        const text = moneyText(minor, currency).replaceAll(',', '');
        assert.equal(minorUnits(text, currency, {}, 'the amount'), minor);
      }),
    );
  });
});
