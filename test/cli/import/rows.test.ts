import assert from 'node:assert/strict';
import { findColumns } from '../../../src/cli/import/columns.ts';
import { eventReader } from '../../../src/cli/import/event-rows.ts';
import { layouts, type ImportKind } from '../../../src/cli/import/layouts.ts';
import { priceReader } from '../../../src/cli/import/price-rows.ts';
import { isRefused } from '../../../src/cli/import/record.ts';
import { RowTime } from '../../../src/cli/import/row-time.ts';
import { SessionCalendar } from '../../../src/domain/session-day.ts';

const time = new RowTime(new SessionCalendar('America/New_York', 17 * 60));

function read(kind: ImportKind, header: string, row: string, file = 'file.csv') {
  const columns = findColumns(header.split(','), layouts[kind], new Map());
  const reader = kind === 'prices' ? priceReader(columns, time) : eventReader(kind, columns, time, file);
  return reader(row.split(','), 17);
}

function sent(kind: ImportKind, header: string, row: string, file?: string) {
  const record = read(kind, header, row, file);
  assert.ok(!isRefused(record), JSON.stringify(record));
  return { subject: record.subject, message: JSON.parse(record.body) as Record<string, unknown>, record };
}

describe('rows to messages', () => {
  it('make a price, its decimal as written, other columns ignored', () => {
    const { subject, message, record } = sent(
      'prices',
      'ts_ms,symbol,price,size',
      '1381219217034,SPY,167.4200,210',
    );
    assert.equal(subject, 'prices.SPY');
    assert.deepEqual(message, { price: '167.4200', ts: 1_381_219_217_034 });
    assert.deepEqual(JSON.parse(record.batchBody), {
      symbol: 'SPY',
      price: '167.4200',
      ts: 1_381_219_217_034,
    });
    assert.deepEqual([record.ts, record.line], [1_381_219_217_034, 17]);
  });

  it('make a quote, and a price without a time', () => {
    assert.deepEqual(sent('prices', 'symbol,bid,ask', 'EURUSD,1.1,1.2').message, { bid: '1.1', ask: '1.2' });
    assert.deepEqual(sent('prices', 'symbol,close', 'CL,-37.63').message, { price: '-37.63' });
  });

  it('escape a symbol in the subject only', () => {
    const { subject, record } = sent('prices', 'symbol,price', 'BRK.B,1');
    assert.equal(subject, 'prices.BRK%2EB');
    assert.equal((JSON.parse(record.batchBody) as { symbol: string }).symbol, 'BRK.B');
  });

  it('make a settlement of the fields that are there, integers as integers', () => {
    const { subject, message } = sent(
      'settlements',
      'id,account_id,symbol,side,qty,price,fee,fee_currency,ts_ms',
      'a1,7,IBM,buy,100,50.00,-125,,5',
    );
    assert.equal(subject, 'settlements.7');
    assert.deepEqual(message, {
      id: 'a1',
      symbol: 'IBM',
      side: 'buy',
      quantity: '100',
      price: '50.00',
      fee: -125,
      ts: 5,
    });
  });

  it('make a flow and a conversion, amounts in minor units', () => {
    assert.deepEqual(
      sent('cash', 'id,account,type,amount,currency,notes', 'c1,7,deposit,100000,USD,wire').message,
      {
        id: 'c1',
        type: 'deposit',
        amount: 100_000,
        currency: 'USD',
        notes: 'wire',
      },
    );
    const header = 'id,account,type,amount,currency,to_currency,to_amount,effective_at';
    assert.deepEqual(
      sent('cash', header, 'c2,7,conversion,100000,USD,EUR,91000,2026-01-05T10:00:00Z').message,
      {
        id: 'c2',
        type: 'conversion',
        amount: 100_000,
        currency: 'USD',
        to_currency: 'EUR',
        to_amount: 91_000,
        effective_at: Date.UTC(2026, 0, 5, 10),
      },
    );
  });

  it('make a trade', () => {
    const { subject, message } = sent(
      'trades',
      'id,symbol,quantity,price,buyer,seller,buyer_fee',
      't1,IBM,5,50,7,8,100',
    );
    assert.equal(subject, 'trades');
    assert.deepEqual(message, {
      id: 't1',
      symbol: 'IBM',
      quantity: '5',
      price: '50',
      buyer: '7',
      seller: '8',
      buyer_fee: 100,
    });
  });

  it('without an id get one of their file, line and content: the same every time', () => {
    const id = (row: string, file: string): unknown =>
      sent('cash', 'account,type,amount', row, file).message['id'];
    assert.match(String(id('7,deposit,1', 'a.csv')), /^row-[0-9a-f]{24}$/);
    assert.equal(id('7,deposit,1', 'a.csv'), id('7,deposit,1', 'a.csv'));
    assert.notEqual(id('7,deposit,1', 'a.csv'), id('7,deposit,2', 'a.csv'));
    assert.notEqual(id('7,deposit,1', 'a.csv'), id('7,deposit,1', 'b.csv'));
  });

  const refused: [ImportKind, string, string, string, string][] = [
    ['prices', 'symbol,price', 'A B,1', 'malformed', 'symbol: "A B"'],
    ['prices', 'symbol,price', 'IBM,1e3', 'malformed', 'price: "1e3" is no decimal'],
    ['prices', 'symbol,bid,ask', 'IBM,1,', 'malformed', 'ask: "" is no decimal'],
    ['prices', 'symbol,price,ts', 'IBM,1,noon', 'malformed', 'ts: "noon" is no time since 1970'],
    [
      'settlements',
      'account,symbol,side,quantity,price',
      'a b,IBM,buy,1,1',
      'malformed',
      'account: "a b" is no account id',
    ],
    ['settlements', 'account,symbol,side,quantity,price', '7,IBM,bought,1,1', 'malformed', 'side'],
    [
      'settlements',
      'account,symbol,side,quantity,price,fee',
      '7,IBM,buy,1,1,1.25',
      'malformed',
      'fee: "1.25" is no integer',
    ],
    [
      'settlements',
      'account,symbol,side,quantity,price,type',
      '7,IBM,buy,1,1,swap',
      'unknown_kind',
      'type swap',
    ],
    ['cash', 'account,type,amount', '7,gift,1', 'unknown_kind', 'type gift'],
    ['cash', 'account,type,amount', '7,deposit,10.00', 'malformed', 'amount: "10.00" is no integer'],
    ['cash', 'account,type,amount', '7,conversion,10', 'malformed', 'to_currency'],
    ['trades', 'symbol,quantity,price,buyer,seller', 'IBM,1,1,7,', 'malformed', 'seller'],
  ];
  for (const [kind, header, row, reason, detail] of refused) {
    it(`refuse ${kind} ${row}: ${reason}: ${detail}`, () => {
      assert.deepEqual(read(kind, header, row), { line: 17, reason, detail });
    });
  }
});
