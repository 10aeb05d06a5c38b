import assert from 'node:assert/strict';
import { Failure, UsageError } from '../../../src/cli/context.ts';
import { findColumns, parseColumnNames } from '../../../src/cli/import/columns.ts';
import { layouts } from '../../../src/cli/import/layouts.ts';

const find = (header: string, given = '') =>
  Object.fromEntries(
    findColumns(header.split(','), layouts.prices, given === '' ? new Map() : parseColumnNames(given)),
  );

describe('columns of an import', () => {
  it('are found by their names, whatever their case, and by the usual other names', () => {
    assert.deepEqual(find('ts_ms,symbol,price,size'), { ts_ms: 0, symbol: 1, price: 2 });
    assert.deepEqual(find('Ticker,Date,Close'), { symbol: 0, date: 1, price: 2 });
    assert.deepEqual(find('ts_ms,symbol,bid,ask'), { ts_ms: 0, symbol: 1, bid: 2, ask: 3 });
  });

  it('are what --columns says, before anything else', () => {
    assert.deepEqual(find('price,PX Last,symbol', 'price=PX_LAST'), { price: 1, symbol: 2 });
  });

  it('prefer the better name where the header has several', () => {
    assert.deepEqual(find('last,close,price,symbol'), { price: 2, symbol: 3 });
  });

  it('that are needed and not there are a failure that names the header and the way out', () => {
    assert.throws(
      () => find('date,close'),
      (error: Error) =>
        error instanceof Failure &&
        /no column symbol \(its header is date, close\).*--columns symbol=/.test(error.message),
    );
  });

  it('refuse a --columns that names what is not there, or is no list', () => {
    for (const given of ['price=nowhere', 'nothing=symbol', 'price', 'price=', 'a=b=c']) {
      assert.throws(() => find('symbol,price', given), UsageError, given);
    }
  });
});
