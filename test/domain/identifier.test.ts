/** Ids and symbols, and how symbols stand in subjects and keys. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compareIds,
  idOf,
  isId,
  isSymbol,
  isTradeId,
  keySymbol,
  symbolKey,
  symbolToken,
  tokenSymbol,
} from '../../src/domain/identifier.ts';

const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).filter(
  (c) => c !== '*' && c !== '>',
);
const symbols = fc.string({ unit: fc.constantFrom(...printable), minLength: 1, maxLength: 64 });

describe('an id', () => {
  it('is 1 to 64 letters, digits, underscores and dashes', () => {
    for (const id of ['7', 'acct_1', 'A-b', 'x'.repeat(64)]) assert.ok(isId(id), id);
    for (const id of ['', 'x'.repeat(65), 'a.b', 'a b', 'ä', 'a*', 'a\n']) assert.ok(!isId(id), id);
  });

  it('may be a JSON integer, taken as its decimal string', () => {
    assert.equal(idOf(7), '7');
    assert.equal(idOf('7'), '7');
    assert.equal(idOf(-3), '-3');
    for (const x of [1.5, 2 ** 53, NaN, null, true, {}, ['7'], ''])
      assert.equal(idOf(x), null, JSON.stringify(x));
  });

  it('of a trade leaves room for what its settlements add', () => {
    assert.ok(isTradeId('t'.repeat(59)) && isId(`${'t'.repeat(59)}-sell`));
    assert.ok(!isTradeId('t'.repeat(60)));
  });
});

describe('a symbol', () => {
  it('is 1 to 64 printable ASCII characters without space and wildcards', () => {
    for (const symbol of ['AAPL', 'BRK.B', 'EUR/USD', '^GSPC', 'ES=F', '100%', 's'.repeat(64)])
      assert.ok(isSymbol(symbol), symbol);
    for (const symbol of ['', 'A B', 'A*', 'A>', 'Ä', 's'.repeat(65), 'a\t'])
      assert.ok(!isSymbol(symbol), symbol);
  });

  it('in a subject has its dots and percent signs encoded', () => {
    assert.equal(symbolToken('BRK.B'), 'BRK%2EB');
    assert.equal(symbolToken('100%'), '100%25');
    assert.equal(tokenSymbol('BRK%2EB'), 'BRK.B');
    assert.equal(tokenSymbol('BRK%2eB'), 'BRK.B');
    assert.equal(tokenSymbol('100%252E'), '100%2E');
    for (const token of ['%', 'A%zz', 'A%2', 'A%41', '']) assert.equal(tokenSymbol(token), null, token);
  });

  it('has an order that is one, whatever ids there are', () => {
    const ids = ['10', '9', '1a', '2', '-', 'B', 'a', '_', '02'];
    const sorted = ['02', '2', '9', '10', '-', '1a', 'B', '_', 'a'];
    assert.deepEqual(ids.toSorted(compareIds), sorted);
    assert.deepEqual(ids.toReversed().toSorted(compareIds), sorted);
  });

  it('comes back from its token and from its key', () => {
    fc.assert(
      fc.property(symbols, (symbol) => {
        const token = symbolToken(symbol);
        assert.ok(!token.includes('.'), token);
        assert.equal(tokenSymbol(token), symbol);
        const key = symbolKey(symbol);
        assert.match(key, /^[-/_=A-Za-z0-9]+$/);
        assert.equal(keySymbol(key), symbol);
      }),
      { numRuns: 2000 },
    );
  });
});
