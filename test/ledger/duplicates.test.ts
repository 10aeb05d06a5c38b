/** The same event again: recognised by id, told apart by content, within the window that an account remembers. */
import assert from 'node:assert/strict';
import { LedgerBench } from '../support/ledger-bench.ts';

const deposit = { type: 'deposit', amount: 100 };
const fill = { id: 'f', symbol: 'X', side: 'buy', quantity: '10', price: '1' };

describe('a duplicate', () => {
  it('counts once, whatever sequence it comes with', () => {
    const bench = new LedgerBench();
    assert.deepEqual(bench.apply('cash.a', { id: '1', ...deposit }, 1), { applied: true });
    assert.deepEqual(bench.apply('cash.a', { id: '1', ...deposit }, 2), { duplicate: true });
    assert.deepEqual(bench.applyText('cash.a', JSON.stringify({ id: '1', ...deposit }), 2), []);
    assert.deepEqual(bench.inspect('a')?.['cash'], { USD: 100 });
    assert.equal(bench.inspect('a')?.['sequence'], 2);
  });

  it('is one by value: however decimals are written, and with defaults spelled out', () => {
    const bench = new LedgerBench();
    bench.apply('settlements.a', fill, 1);
    const same = [
      { ...fill, quantity: '10.0', price: '1.00' },
      { ...fill, quantity: 10, price: 1, type: 'fill' },
      { ...fill, fee: 0, fee_currency: 'USD' },
      { ...fill, fee_quantity: '0.0' },
      { ...fill, ts: 5, source: 'other', sequence: 9 },
    ];
    same.forEach((message, i) => {
      assert.deepEqual(
        bench.apply('settlements.a', message, i + 2),
        { duplicate: true },
        JSON.stringify(message),
      );
    });
    bench.apply('cash.a', { id: '7', ...deposit }, 10);
    assert.deepEqual(bench.apply('cash.a', { id: 7, ...deposit, currency: 'USD' }, 11), { duplicate: true });
  });

  it('with other content is a conflict', () => {
    const bench = new LedgerBench();
    bench.apply('settlements.a', fill, 1);
    const other = [
      { price: '1.01' },
      { quantity: '11' },
      { side: 'sell' },
      { symbol: 'Y' },
      { fee: 1 },
      { fee_currency: 'EUR' },
      { type: 'transfer', side: 'in' },
      { fee_quantity: '1' },
    ];
    other.forEach((change, i) => {
      const verdict = bench.apply('settlements.a', { ...fill, ...change }, i + 2);
      assert.deepEqual(verdict, { rejected: 'id_conflict' }, JSON.stringify(change));
    });
  });

  it('is one only of its account and kind of subject', () => {
    const bench = new LedgerBench();
    assert.deepEqual(bench.apply('settlements.a', { ...fill, id: '1' }, 1), { applied: true });
    assert.deepEqual(bench.apply('cash.a', { id: '1', ...deposit }, 2), { applied: true });
    assert.deepEqual(bench.apply('cash.b', { id: '1', ...deposit }, 3), { applied: true });
  });

  it('is recognised at least as long as the account remembers ids', () => {
    const idsKept = 256;
    const bench = new LedgerBench({ idsKept });
    let sequence = 0;
    for (let i = 0; i < 1000; i++) bench.apply('cash.a', { id: `i${i}`, ...deposit }, ++sequence);
    for (let i = 1000 - idsKept; i < 1000; i++) {
      assert.deepEqual(
        bench.apply('cash.a', { id: `i${i}`, ...deposit }, ++sequence),
        { duplicate: true },
        `i${i}`,
      );
      assert.deepEqual(bench.apply('cash.a', { id: `i${i}`, ...deposit, amount: 1 }, ++sequence), {
        rejected: 'id_conflict',
      });
    }
    assert.deepEqual(bench.inspect('a')?.['cash'], { USD: 100000 });
  });

  it('does not make accounts forget what others are sent', () => {
    const bench = new LedgerBench({ idsKept: 128 });
    let sequence = 0;
    for (let i = 0; i < 100; i++)
      for (const id of ['a', 'b', 'c']) bench.apply(`cash.${id}`, { id: `i${i}`, ...deposit }, ++sequence);
    for (let i = 0; i < 100; i++) {
      for (const id of ['c', 'a', 'b']) {
        assert.deepEqual(bench.apply(`cash.${id}`, { id: `i${i}`, ...deposit }, ++sequence), {
          duplicate: true,
        });
      }
    }
  });
});

describe('the state hash', () => {
  it('is the same of two replays of one ledger, whatever prices did meanwhile', () => {
    const replay = (prices: readonly string[]): unknown => {
      const bench = new LedgerBench();
      bench.apply('cash.a', { id: '1', ...deposit }, 1);
      for (const price of prices) bench.price('X', { price, ts: 1 });
      bench.tick();
      bench.apply('settlements.a', fill, 2);
      bench.tick();
      return bench.inspect('a')?.['state_hash'];
    };
    assert.equal(replay(['1', '2']), replay(['7']));
  });

  it('is another with another figure, or another id', () => {
    const hashOf = (message: object): unknown => {
      const bench = new LedgerBench();
      bench.apply('cash.a', message, 1);
      return bench.inspect('a')?.['state_hash'];
    };
    const hashes = [
      { id: '1', ...deposit },
      { id: '2', ...deposit },
      { id: '1', ...deposit, amount: 101 },
      { id: '1', ...deposit, currency: 'EUR' },
    ].map(hashOf);
    assert.equal(new Set(hashes).size, 4);
  });
});
