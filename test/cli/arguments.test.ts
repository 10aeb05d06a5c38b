import assert from 'node:assert/strict';
import { InvalidArgumentError } from 'commander';
import * as parse from '../../src/cli/arguments.ts';

describe('arguments', () => {
  const times: [string, number][] = [
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T17:00:00', Date.UTC(2026, 0, 31, 17)],
    ['2026-01-31 17:00', Date.UTC(2026, 0, 31, 17)],
    ['2026-01-31T17:00:00.250Z', Date.UTC(2026, 0, 31, 17, 0, 0, 250)],
    ['2026-01-31T17:00:00-05:00', Date.UTC(2026, 0, 31, 22)],
    ['1381219217034', 1_381_219_217_034],
  ];
  for (const [text, ms] of times) {
    it(`takes ${text} for a time, in UTC where it names no zone`, () => {
      assert.equal(parse.timeOption(text), ms);
    });
  }

  const wrong: [string, (text: string) => unknown, string[]][] = [
    ['time', parse.timeOption, ['yesterday', '2026-13-01', '2026-01-31T25:00', '17:00', '']],
    ['account', parse.accountArgument, ['', 'a b', 'a.b', 'x'.repeat(65)]],
    ['trade id', parse.tradeIdOption, ['x'.repeat(60)]],
    ['symbol', parse.symbolArgument, ['', 'A B', '>', 'A*']],
    ['currency', parse.currencyOption, ['usd', 'US', 'DOLLAR']],
    ['quantity', parse.quantityArgument, ['0', '-1', '1e3', 'x']],
    ['price', parse.decimalArgument, ['', '1,5', '.5', 'NaN']],
    ['count', parse.countOption, ['0', '-1', '1.5', 'x']],
    ['seconds', parse.secondsOption, ['0', '-1', 'x']],
    ['period', parse.periodOption, ['30', '1y', 'd']],
  ];
  for (const [what, parser, texts] of wrong) {
    it(`refuses what is no ${what}, and says what is one`, () => {
      for (const text of texts) {
        assert.throws(
          () => parser(text),
          (error: Error) => error instanceof InvalidArgumentError && error.message.startsWith('Allowed: '),
          text,
        );
      }
    });
  }

  it('takes negative prices, as markets do', () => {
    assert.equal(parse.decimalArgument('-37.63'), '-37.63');
  });
});
