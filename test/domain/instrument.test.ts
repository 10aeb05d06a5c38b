/** Currencies and instruments: exponents, default scales, what reference data may say, and what it makes of a value. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultPriceScale, exponentOf, isCurrency } from '../../src/domain/currency.ts';
import { instrumentOf, instrumentProblem, InstrumentTable } from '../../src/domain/instrument.ts';
import { SymbolTable } from '../../src/domain/symbol-table.ts';
import { valueOf } from '../../src/ledger/position.ts';
import { Market } from '../support/oracle/market.ts';

describe('a currency', () => {
  it('has the decimals of ISO 4217, of configuration, or two', () => {
    const exponents = ['USD', 'EUR', 'JPY', 'KRW', 'KWD', 'BHD', 'BTC', 'USDT', 'XYZ'].map((c) =>
      exponentOf(c),
    );
    assert.deepEqual(exponents, [2, 2, 0, 0, 3, 3, 8, 6, 2]);
    assert.equal(exponentOf('XYZ', { XYZ: 5 }), 5);
    assert.equal(exponentOf('USD', { USD: 4 }), 4);
  });

  it('is 3 to 5 capital letters', () => {
    for (const code of ['USD', 'USDT', 'WBTCX']) assert.ok(isCurrency(code), code);
    for (const code of ['usd', 'US', 'DOLLAR', 'U2D', '']) assert.ok(!isCurrency(code), code);
  });
});

describe('an instrument', () => {
  it('that nobody described has 4 decimals, 5 as a pair of currencies, 3 with the yen', () => {
    assert.deepEqual(
      ['AAPL', 'EURUSD', 'USDJPY', 'JPYKRW', 'GOOGLE', 'EURUS', 'eurusd'].map(defaultPriceScale),
      [4, 5, 3, 3, 4, 4, 4],
    );
    const table = new InstrumentTable(new SymbolTable());
    const { currency, quantityScale, multiplier, margined } = table.get(table.symbols.intern('AAPL'));
    assert.deepEqual([currency, quantityScale, multiplier, margined], ['USD', 4, '1', false]);
  });

  it('names the field of its reference data that is not allowed', () => {
    assert.equal(instrumentProblem({}), null);
    assert.equal(
      instrumentProblem({
        currency: 'EUR',
        price_scale: 0,
        quantity_scale: 12,
        multiplier: '0.01',
        style: 'margined',
      }),
      null,
    );
    const wrong: [object, string][] = [
      [{ currency: 'euro' }, 'currency'],
      [{ price_scale: 13 }, 'price_scale'],
      [{ price_scale: 1.5 }, 'price_scale'],
      [{ quantity_scale: -1 }, 'quantity_scale'],
      [{ style: 'swap' }, 'style'],
      [{ multiplier: 0 }, 'multiplier'],
      [{ multiplier: '-2' }, 'multiplier'],
      [{ multiplier: 'ten' }, 'multiplier'],
    ];
    for (const [fields, field] of wrong)
      assert.equal(instrumentProblem(fields), field, JSON.stringify(fields));
  });

  it('that could not be valued exactly is not allowed', () => {
    // 10^-36 of a dollar a unit: its denominator is beyond what a double holds exactly.
    assert.equal(
      instrumentProblem({ price_scale: 12, quantity_scale: 12, multiplier: '0.000000000003' }),
      'multiplier',
    );
    assert.equal(instrumentProblem({ multiplier: '12345678901234567.8' }), 'multiplier');
    assert.equal(instrumentProblem({ price_scale: 12, quantity_scale: 12 }), null);
  });

  it('values a quantity at a price as exact fractions do', () => {
    const fields = fc.record({
      currency: fc.constantFrom('USD', 'JPY', 'KWD', 'BTC'),
      price_scale: fc.integer({ min: 0, max: 12 }),
      quantity_scale: fc.integer({ min: 0, max: 12 }),
      multiplier: fc.constantFrom<number | string>(1, 50, 1000, '0.25', '0.00001', 12.5, '31.1034768'),
    });
    const size = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1_000_000, max: 1_000_000 }));
    fc.assert(
      fc.property(fields, size, size, (f, quantity, price) => {
        fc.pre(instrumentProblem(f) === null);
        const market = new Market('USD', 'mid', 'never');
        market.describe('X', f);
        const exact = market.value('X', BigInt(quantity), BigInt(price));
        const expected = Number.isSafeInteger(Number(exact)) ? Number(exact) : NaN;
        assert.equal(valueOf(quantity, price, instrumentOf('X', f, {})), expected);
      }),
      { numRuns: 5000 },
    );
  });
});
