/** One account is applied again while all are on their way back: what the others were valued at is not forgotten. */
import assert from 'node:assert/strict';
import { LedgerBench } from '../support/ledger-bench.ts';

const deposit = (id: string) => ({ id, type: 'deposit', amount: 1_000, currency: 'EUR' });

describe('a book on its way back', () => {
  it('of which one account is rebuilt goes on with what was recorded of the others', () => {
    const first = new LedgerBench();
    first.price('EURUSD', { price: '1.10' });
    first.tick();
    first.apply('cash.a', deposit('d1'), 1);
    first.apply('cash.a', deposit('d2'), 2);
    const source = {
      effect: (sequence: number, index: number) => first.records.get(`${sequence}.${index}`) ?? null,
      late: () => [],
    };

    const second = new LedgerBench();
    second.book.past.begin(source, new Map());
    second.apply('cash.a', deposit('d1'), 1);
    second.book.past.during({ effect: () => null, late: () => [] }, () => {
      second.apply('cash.b', { id: 'd1', type: 'deposit', amount: 1 }, 3);
    });
    second.apply('cash.a', deposit('d2'), 2);
    second.book.past.end();
    assert.equal(second.inspect('a')?.['net_flow'], first.inspect('a')?.['net_flow']);
    assert.equal(second.inspect('a')?.['net_flow'], 2_200);
  });
});
