import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LedgerMessage } from '../../../src/domain/ledger-event.ts';
import { SymbolTable } from '../../../src/domain/symbol-table.ts';
import { LedgerDecoder } from '../../../streams/codec/ledger-message.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function decode(subject: string, payload: string | Uint8Array | object): LedgerMessage {
  const data =
    payload instanceof Uint8Array
      ? payload
      : bytes(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return new LedgerDecoder(new SymbolTable()).decode(bytes(subject), data, 9, 1_760_000_000_000);
}

/** "fill" or "malformed: side", an element each. */
function judged(subject: string, payload: string | object): string {
  return decode(subject, payload)
    .items.map((item) => (item.kind === 'rejected' ? `${item.reason}: ${item.detail}` : item.kind))
    .join(', ');
}

const fill = { id: 'f1', symbol: 'SAP', side: 'buy', quantity: '10', price: '100.5', ts: 2 };
const deposit = { id: 'd1', type: 'deposit', amount: 1_000 };

describe('ledger messages', () => {
  it('carry the stream’s sequence and time, the account of the subject, and the payload as it came', () => {
    const payload = bytes(JSON.stringify(deposit));
    const message = decode('cash.acc_1-X', payload);
    assert.equal(message.sequence, 9);
    assert.equal(message.time, 1_760_000_000_000);
    assert.equal(message.account, 'acc_1-X');
    assert.equal(message.subject, 'cash.acc_1-X');
    assert.equal(message.payload, payload);
  });

  it('are settlements with exact decimals', () => {
    const [item] = decode('settlements.7', {
      ...fill,
      id: 12,
      price: 0.1,
      fee: -75,
      fee_currency: 'EUR',
    }).items;
    assert.deepEqual(item, {
      kind: 'fill',
      id: '12',
      symbol: 0,
      direction: 1,
      quantity: { coefficient: 10, scale: 0 },
      price: { coefficient: 1, scale: 1 },
      fee: -75,
      feeCurrency: 'EUR',
      feeQuantity: null,
      source: '',
      sourceSequence: NaN,
      ts: 2,
    });
    const [transfer] = decode('settlements.7', {
      ...fill,
      type: 'transfer',
      side: 'out',
      source: 's',
      sequence: 4,
    }).items;
    assert.ok(transfer?.kind === 'transfer' && transfer.direction === -1 && transfer.sourceSequence === 4);
  });

  it('are cash events', () => {
    const conversion = {
      id: 'c',
      type: 'conversion',
      amount: 5,
      currency: 'EUR',
      to_currency: 'USD',
      to_amount: 6,
    };
    assert.deepEqual(decode('cash.7', conversion).items, [
      {
        kind: 'conversion',
        id: 'c',
        amount: 5,
        currency: 'EUR',
        toCurrency: 'USD',
        toAmount: 6,
        symbol: '',
        effectiveAt: NaN,
        effectiveOn: '',
        notes: '',
        ts: NaN,
      },
    ]);
  });

  it('open and configure accounts', () => {
    const open = {
      type: 'open',
      name: 'Ann',
      base_currency: 'EUR',
      timezone: 'Europe/Berlin',
      cutover: '17:30',
    };
    assert.deepEqual(decode('accounts.7', { ...open, benchmark: 'SPY', limits: [{ max: 1 }] }).items, [
      {
        kind: 'open',
        name: 'Ann',
        baseCurrency: 'EUR',
        timezone: 'Europe/Berlin',
        cutoverMinutes: 1050,
        settings: { benchmark: 'SPY', limits: [{ max: 1 }] },
        ts: NaN,
      },
    ]);
  });

  it('are judged field by field', () => {
    const table: readonly (readonly [string, string | object, string])[] = [
      ['settlements.7', fill, 'fill'],
      ['settlements.7', { ...fill, type: 'fill' }, 'fill'],
      ['settlements.7', { ...fill, side: 'in' }, 'malformed: side'],
      ['settlements.7', { ...fill, type: 'transfer' }, 'malformed: side'],
      ['settlements.7', { ...fill, id: 'no id' }, 'malformed: id'],
      ['settlements.7', { ...fill, id: 1.5 }, 'malformed: id'],
      ['settlements.7', { ...fill, id: 'x'.repeat(65) }, 'malformed: id'],
      ['settlements.7', { ...fill, symbol: 'A B' }, 'malformed: symbol'],
      ['settlements.7', { ...fill, symbol: '' }, 'malformed: symbol'],
      ['settlements.7', { ...fill, quantity: '1e2' }, 'malformed: quantity'],
      ['settlements.7', { ...fill, quantity: 1234567890.1234567 }, 'malformed: quantity'],
      ['settlements.7', { ...fill, price: true }, 'malformed: price'],
      ['settlements.7', { ...fill, fee: 1.5 }, 'malformed: fee'],
      ['settlements.7', { ...fill, fee: null }, 'malformed: fee'],
      ['settlements.7', { ...fill, fee_currency: '' }, 'malformed: fee_currency'],
      ['settlements.7', { ...fill, fee_currency: 'usd' }, 'fill'],
      ['settlements.7', { ...fill, fee_quantity: 'x' }, 'malformed: fee_quantity'],
      ['settlements.7', { ...fill, ts: '5' }, 'malformed: ts'],
      ['settlements.7', { ...fill, ts: -1 }, 'malformed: ts'],
      ['settlements.7', { ...fill, sequence: 1.5 }, 'malformed: sequence'],
      ['settlements.7', { ...fill, quantity: '-3' }, 'fill'],
      ['settlements.7', { ...fill, type: 'option' }, 'unknown_kind: type option'],
      ['settlements.7', { ...fill, type: 5 }, 'unknown_kind: type'],
      ['settlements.7', { ...fill, type: 'option', price: '' }, 'malformed: price'],
      ['settlements.7', { id: 'v', type: 'void', of: 'f1' }, 'void'],
      ['settlements.7', { id: 'v', type: 'void', of: 7, ts: 5 }, 'void'],
      ['settlements.7', { id: 'v', type: 'void', of: 'f 1' }, 'malformed: of'],
      ['settlements.7', { id: 'v', type: 'void', of: 'f1', ts: 'now' }, 'malformed: ts'],
      ['settlements.7', { type: 'void', of: 'f1' }, 'malformed: id'],
      ['settlements.7', { id: 'v', type: 'void' }, 'malformed: of'],
      ['cash.7', deposit, 'deposit'],
      ['cash.7', { ...deposit, type: 'bonus' }, 'unknown_kind: type bonus'],
      ['cash.7', { ...deposit, type: '' }, 'malformed: type'],
      ['cash.7', { id: 'd', amount: 1 }, 'malformed: type'],
      ['cash.7', { ...deposit, amount: '5' }, 'malformed: amount'],
      ['cash.7', { ...deposit, amount: 2 ** 53 }, 'malformed: amount'],
      ['cash.7', { ...deposit, currency: 7 }, 'malformed: currency'],
      ['cash.7', { ...deposit, currency: 'not a code' }, 'deposit'],
      ['cash.7', { ...deposit, type: 'conversion' }, 'malformed: to_currency'],
      [
        'cash.7',
        { ...deposit, type: 'conversion', to_currency: 'EUR', to_amount: '1' },
        'malformed: to_amount',
      ],
      ['cash.7', { ...deposit, effective_at: 'yesterday' }, 'malformed: effective_at'],
      ['cash.7', { ...deposit, notes: 'x'.repeat(5_000) }, 'malformed: notes'],
      ['cash.7', { id: 'v', type: 'void', of: 'd1' }, 'void'],
      ['cash.7', { id: 'v', type: 'void' }, 'malformed: of'],
      ['accounts.7', { id: 'v', type: 'void', of: 'd1' }, 'unknown_kind: type void'],
      ['accounts.7', { type: 'open' }, 'open'],
      ['accounts.7', { type: 'close' }, 'close'],
      ['accounts.7', {}, 'malformed: type'],
      ['accounts.7', { type: 'rename' }, 'unknown_kind: type rename'],
      ['accounts.7', { type: 'open', base_currency: 'dollars' }, 'open'],
      ['accounts.7', { type: 'open', base_currency: 5 }, 'malformed: base_currency'],
      ['accounts.7', { type: 'rename', name: 5 }, 'malformed: name'],
      ['accounts.7', { type: 'open', timezone: 'Mars/Olympus' }, 'malformed: timezone'],
      ['accounts.7', { type: 'open', cutover: '25:00' }, 'malformed: cutover'],
      ['accounts.7', { type: 'open', name: 5 }, 'malformed: name'],
      ['accounts.7', { type: 'open', limits: 'none' }, 'malformed: limits'],
      ['settlements.7', 'nope', 'malformed: not JSON'],
      ['settlements.7', '', 'malformed: not JSON'],
      ['settlements.7', '5', 'malformed: not an object'],
      ['settlements.7', 'null', 'malformed: not an object'],
      ['settlements.7', '[]', 'malformed: an empty array'],
      ['cash.7', `[${'0,'.repeat(10_000)}0]`, 'malformed: an array of more than 10000 elements'],
      ['settlements.7', [fill, 5, { ...fill, id: '' }], 'fill, malformed: not an object, malformed: id'],
      ['settlements.7', [[fill]], 'malformed: not an object'],
      ['settlements.7.x', fill, 'malformed: subject'],
      ['settlements.a b', fill, 'malformed: subject'],
      [`settlements.${'x'.repeat(65)}`, fill, 'malformed: subject'],
      ['orders.7', fill, 'malformed: subject'],
    ];
    for (const [subject, payload, expected] of table) {
      assert.equal(judged(subject, payload), expected, `${subject} ${JSON.stringify(payload)}`);
    }
    assert.equal(decode('settlements.7.x', fill).account, '');
  });

  it('are one item for each element, also when the bytes are random, deep or large', () => {
    const subjects = fc.constantFrom('settlements.7', 'cash.7', 'accounts.7', 'cash.7.8', 'accounts.');
    const payload = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json({ maxDepth: 4 }).map(bytes));
    fc.assert(
      fc.property(subjects, payload, (subject, data) => {
        const { items } = decode(subject, data);
        assert.ok(items.length >= 1);
        assert.ok(items.every((item) => item.kind === 'rejected'));
      }),
      { numRuns: 10_000 },
    );
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    assert.equal(judged('cash.7', deep), 'malformed: not an object');
    assert.equal(judged('cash.7', `{"id":"a","type":"deposit","amount":${deep}}`), 'malformed: amount');
    assert.equal(judged('accounts.7', `{"type":"open","limits":${deep}}`), 'malformed: limits');
    assert.equal(judged('settlements.7', `"${'x'.repeat(1_000_000)}"`), 'malformed: not an object');
    assert.equal(decode('settlements.7', Array(5_000).fill(fill)).items.length, 5_000);
  });
});
