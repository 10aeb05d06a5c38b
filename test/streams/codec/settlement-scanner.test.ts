/** The scanner of common fills against the plain decoder: the same answer, or none. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { limits } from '../../../config/limits.ts';
import { SymbolTable } from '../../../src/domain/symbol-table.ts';
import { FieldReader, type Message } from '../../../streams/codec/fields.ts';
import { readSettlement } from '../../../streams/codec/settlement-message.ts';
import { SettlementScanner } from '../../../streams/codec/settlement-scanner.ts';
import { SymbolLookup } from '../../../streams/codec/symbol-lookup.ts';

const symbols = new SymbolTable();
const scanner = new SettlementScanner(new SymbolLookup(symbols));
const encoder = new TextEncoder();

function scanned(text: string) {
  return scanner.scan(encoder.encode(text));
}

/** What the plain decoder makes of it, element by element; null where it is no JSON. */
function plain(text: string) {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  const elements = Array.isArray(message) ? (message as unknown[]) : [message];
  return elements.map((each) => readSettlement(new FieldReader(), each as Message, symbols));
}

const fill = {
  id: 'f1',
  symbol: 'BRK.B',
  side: 'buy',
  quantity: '100',
  price: '50.00',
  fee: -75,
  ts: 1_760_000_000_000,
};

describe('the scanner of fills', () => {
  it('reads what publishers commonly send, with and without spaces', () => {
    for (const text of [
      JSON.stringify(fill),
      JSON.stringify(fill).replaceAll(':', ': ').replaceAll(',', ', '),
      JSON.stringify({ ...fill, quantity: 0.25, price: -37.63, side: 'sell' }),
      JSON.stringify({ id: 'x', symbol: 'A', side: 'sell', quantity: '007.500', price: 0 }),
      JSON.stringify([fill]),
      ` [ ${JSON.stringify(fill)} , ${JSON.stringify({ ...fill, side: 'sell' })} ] `,
    ]) {
      assert.notEqual(scanned(text), null, text);
      assert.deepEqual(scanned(text), plain(text), text);
    }
  });

  it('leaves everything unusual to the plain decoder', () => {
    const base = JSON.stringify(fill);
    for (const text of [
      '',
      '[]',
      '{}',
      `${base}x`,
      '[',
      `[${base}`,
      `[${base},]`,
      `[${base}]x`,
      `[${base}}`,
      `${base}]`,
      `${base},${base}`,
      `[[${base}]]`,
      `[${base},{}]`,
      `[${base},${base.replace('"buy"', '"hodl"')}]`,
      `[${Array.from({ length: limits.messageElementsMax + 1 }, () => base).join()}]`,
      base.slice(0, -1),
      base.replace('"f1"', '"f\\u0031"'),
      base.replace('"f1"', '12'),
      base.replace('"f1"', '"a b"'),
      base.replace('-75', '-75.5'),
      base.replace('-75', '01'),
      base.replace('"50.00"', '1e3'),
      base.replace('"50.00"', '00.5'),
      base.replace('"50.00"', '"50."'),
      base.replace('"50.00"', '".5"'),
      base.replace('"50.00"', '"+5"'),
      base.replace('"100"', '"1234567890123456"'),
      base.replace('"buy"', '"hodl"'),
      base.replace('{', '{"type":"transfer",'),
      base.replace('{', '{"id":"again",'),
      base.replace('{', '{"note":"é",'),
      base.replace(':1760000000000', ':-1'),
    ]) {
      assert.equal(scanned(text), null, text);
    }
  });

  it('says what the plain decoder says, whatever the fields hold', () => {
    const decimal = fc.oneof(
      fc.stringMatching(/^-?\d{0,17}(\.\d{0,6})?$/),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constantFrom(null, '', true, '1e5', ' 1'),
    );
    const message = fc.record(
      {
        id: fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,66}$/), fc.string(), fc.integer()),
        symbol: fc.oneof(fc.constantFrom('AAPL', 'BRK.B', 'EURUSD'), fc.string({ maxLength: 70 })),
        side: fc.constantFrom('buy', 'sell', 'BUY', 'in', ''),
        quantity: decimal,
        price: decimal,
        fee: fc.oneof(fc.maxSafeInteger(), fc.double(), fc.constant(null)),
        ts: fc.oneof(fc.maxSafeInteger(), fc.constant('now')),
        fee_currency: fc.constantFrom('EUR', 'USD'),
        source: fc.string(),
      },
      { requiredKeys: ['id', 'symbol', 'side', 'quantity', 'price'] },
    );
    fc.assert(
      fc.property(fc.oneof(message, fc.array(message, { maxLength: 3 })), fc.boolean(), (sent, spaced) => {
        const text = JSON.stringify(sent, null, spaced ? 1 : 0);
        const fast = scanned(text);
        if (fast !== null) assert.deepEqual(fast, plain(text), text);
      }),
      { numRuns: 5_000 },
    );
  });
});
