import assert from 'node:assert/strict';
import { emptyPriceChanges, type PriceChanges } from '../../src/domain/price-change.ts';
import { AlertBench } from '../support/alert-bench.ts';

const startMs = Date.parse('2026-03-02T15:00:00Z');

function restarted(bench: AlertBench): AlertBench {
  const next = new AlertBench({ eventsHaveTime: true, fromSettlements: 'never' }, bench.stream);
  next.book.restore(bench.book.snapshot(0));
  next.book.endRestore();
  return next;
}

describe('what has no price', () => {
  let bench: AlertBench;
  beforeEach(() => {
    bench = new AlertBench({ eventsHaveTime: true, fromSettlements: 'never' });
    bench.apply('cash.7', { id: 'd', type: 'deposit', amount: 100_000 }, 1, startMs);
    const fill = { id: 'f', symbol: 'BRK.B', side: 'buy', quantity: '1', price: '10' };
    bench.apply('settlements.7', fill, 2, startMs);
    bench.tickAndCheck(startMs + 25);
  });

  it('is alerted once for what an account holds, and cleared with the first price', () => {
    bench.apply('cash.7', { id: 'd2', type: 'deposit', amount: 1 }, 3, startMs + 30);
    bench.tickAndCheck(startMs + 50);
    assert.deepEqual(bench.stream.lines, ['unpriced 7 BRK=2EB-2 raised']);
    assert.deepEqual(bench.stream.kept[0]!.details, { name: 'BRK.B' });
    bench.price('BRK.B', { price: '11', ts: startMs + 60 });
    bench.tickAndCheck(startMs + 75);
    assert.deepEqual(bench.stream.lines.slice(1), ['unpriced 7 BRK=2EB-2 cleared']);
  });

  it('is not alerted again after a restart, and is cleared under its id', async () => {
    const next = restarted(bench);
    await next.recover();
    next.apply('cash.7', { id: 'd2', type: 'deposit', amount: 1 }, 3, startMs + 30);
    next.tickAndCheck(startMs + 50);
    assert.deepEqual(bench.stream.lines, ['unpriced 7 BRK=2EB-2 raised']);
    next.price('BRK.B', { price: '11', ts: startMs + 60 });
    next.tickAndCheck(startMs + 75);
    assert.deepEqual(bench.stream.lines.slice(1), ['unpriced 7 BRK=2EB-2 cleared']);
  });

  it('and has one by the end of a restart is cleared before the first tick', async () => {
    const next = restarted(bench);
    next.price('BRK.B', { price: '11', ts: startMs + 60 });
    next.tick(startMs + 75);
    await next.recover();
    assert.deepEqual(bench.stream.lines.slice(1), ['unpriced 7 BRK=2EB-2 cleared']);
  });
});

describe('a price that is held back', () => {
  let bench: AlertBench;
  let symbol: number;
  const changes = (...symbols: number[]): PriceChanges => {
    return { ...emptyPriceChanges(symbols.length), count: symbols.length, symbols: Int32Array.from(symbols) };
  };
  beforeEach(() => {
    bench = new AlertBench();
    symbol = bench.symbols.intern('EUR/USD');
    bench.alerting.heldPrice(symbol, true, 'a move beyond 10 % waits', 5);
  });

  it('is alerted once, and cleared when it is confirmed', () => {
    bench.alerting.heldPrice(symbol, true, 'a move beyond 10 % waits', 6);
    bench.alerting.heldPrice(symbol, false, 'confirmed', 7);
    bench.alerting.heldPrice(symbol, false, 'confirmed', 8);
    assert.deepEqual(bench.stream.lines, ['held_price _ EUR/USD-5 raised', 'held_price _ EUR/USD-5 cleared']);
    assert.equal(bench.stream.kept[1]!.message, 'confirmed');
  });

  it('is one alert with another that would not fit, and is cleared when it is marked again', () => {
    bench.alerting.tooLarge(symbol, 6);
    bench.alerting.clearHeld(changes(symbol + 1), 7);
    assert.equal(bench.stream.kept.length, 1);
    bench.alerting.clearHeld(changes(symbol), 8);
    assert.equal(bench.stream.lines.at(-1), 'held_price _ EUR/USD-5 cleared');
  });

  it('stands over a restart until it is marked again, or is held anew', async () => {
    const next = new AlertBench({}, bench.stream);
    await next.recover();
    const now = next.symbols.intern('EUR/USD');
    next.alerting.heldPrice(now, true, 'a move beyond 10 % waits', 9);
    assert.equal(bench.stream.kept.length, 1);
    next.alerting.clearHeld(changes(now), 10);
    assert.deepEqual(bench.stream.lines.slice(1), ['held_price _ EUR/USD-5 cleared']);
  });
});
