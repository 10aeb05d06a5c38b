/** Reference data leave the engine for each symbol held, once, and again when they change; prices carry their own tick. */
import assert from 'node:assert/strict';
import { loadConfig } from '../config/load.ts';
import { bookOf } from '../src/book-of.ts';
import { CurveWriter } from '../src/curve-writer.ts';
import { InstrumentTable } from '../src/domain/instrument.ts';
import { SymbolTable } from '../src/domain/symbol-table.ts';
import { InstrumentWriter } from '../src/instrument-writer.ts';
import type { FrameSink } from '../src/ports.ts';
import { LedgerBench } from './support/ledger-bench.ts';

describe('reference data', () => {
  it('are written of each symbol that an account holds, once, and again when they change', () => {
    const bench = new LedgerBench();
    const written: [string, string | undefined, number][] = [];
    const frames = {
      instrument: (symbol, { fields }, exponent, time) => {
        assert.equal(exponent, 2);
        written.push([symbol, fields.sector, time]);
      },
    } as Partial<FrameSink> as FrameSink;
    const writer = new InstrumentWriter(bench.book.held, bench['instruments'], frames);
    bench.instrument('HELD', { sector: 'a' });
    bench.instrument('OTHER', {});
    writer.write(1);
    assert.deepEqual(written, []);
    const fill = { id: '1', symbol: 'HELD', side: 'buy', quantity: '1', price: '5' };
    bench.apply('settlements.x', fill, 1);
    writer.write(2);
    writer.write(3);
    bench.apply('settlements.x', { ...fill, id: '2', side: 'sell' }, 2);
    bench.apply('settlements.y', { ...fill, id: '3', symbol: 'OTHER' }, 3);
    writer.write(4);
    bench.instrument('HELD', { sector: 'b' });
    writer.write(5);
    assert.deepEqual(written, [
      ['HELD', 'a', 2],
      ['OTHER', undefined, 4],
      ['HELD', 'b', 5],
    ]);
  });
});

describe('prices of a period', () => {
  it('have the tick that applied them, and those of a start its first one', () => {
    const config = loadConfig({ env: {} });
    const symbols = new SymbolTable();
    const instruments = new InstrumentTable(symbols);
    const rows: [string, number, number, number][] = [];
    const frames = {
      price: (symbol, _scale, changes, at, tick, time) => {
        rows.push([symbol, Number(changes.mids[at]), tick, time]);
      },
    } as Partial<FrameSink> as FrameSink;
    const writer = new CurveWriter(bookOf(config, instruments, false), frames, instruments, 1000);
    const changes = (...prices: readonly [string, number][]) => {
      const mids = Float64Array.from(prices, ([, price]) => price);
      const of = Int32Array.from(prices, ([symbol]) => symbols.intern(symbol));
      return { count: prices.length, symbols: of, mids, bids: mids, asks: mids, times: mids };
    };
    writer.recovered(changes(['A', 1], ['B', 2]));
    writer.write();
    assert.deepEqual(rows, []);
    const ticks = [
      [1100, changes(['B', 3])],
      [1500, changes(['B', 4], ['C', 5])],
      [1900, changes()],
      [2100, changes(['C', 6])],
    ] as const;
    for (const [time, moved] of ticks) {
      writer.begin(time);
      writer.end(time + 7, time, moved);
    }
    writer.write();
    assert.deepEqual(rows, [
      ['A', 1, 1107, 1100],
      ['B', 4, 1507, 1500],
      ['C', 5, 1507, 1500],
      ['C', 6, 2107, 2100],
    ]);
  });
});
