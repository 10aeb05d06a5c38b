/** What the engine writes into frames is what the tables hold: every column of every row, by the real codecs. */
import assert from 'node:assert/strict';
import type { ClickHouseClient } from '@clickhouse/client';
import { instrumentOf } from '../../src/domain/instrument.ts';
import { frameColumns, type FrameTable } from '../../src/domain/frame.ts';
import { ByteWriter } from '../../streams/codec/byte-writer.ts';
import { writeCurveRow } from '../../streams/codec/curve-row.ts';
import { writeInstrumentRow } from '../../streams/codec/instrument-row.ts';
import { fillTick, writeEffectRow } from '../../streams/codec/effect-row.ts';
import { connectClickHouse, type ClickHouseSink } from '../../streams/sinks/clickhouse.ts';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';
import {
  sampleCurve,
  sampleDeposit,
  sampleEffect,
  sampleRebase,
  sampleTime,
} from '../streams/support/sample-rows.ts';

describe('the rows of frames', function () {
  this.timeout(60_000);
  let store: AnalyticsStore;
  let client: ClickHouseClient;
  let sink: ClickHouseSink;
  let frames = 0;

  before(async () => {
    store = await startAnalyticsStore();
    sink = connectClickHouse(store.target);
    client = store.client;
  });
  after(async () => {
    await sink.close();
    await store.stop();
  });

  /** Inserts the rows, and gives each line as it was sent, parsed, with the row that the table then has. */
  const insert = async (
    table: FrameTable,
    write: (w: ByteWriter) => void,
  ): Promise<[unknown[], unknown[]][]> => {
    const w = new ByteWriter(65_536);
    write(w);
    const body = w.bytes.slice(0, w.length);
    await client.command({ query: `TRUNCATE TABLE ${table}` });
    const columns = frameColumns[table];
    await sink.insert({ name: `rows:${++frames}`, table, columns, body });
    const result = await client.query({
      query: `SELECT ${columns.map((name) => `${name} AS ${name}`).join(', ')} FROM ${table}
        SETTINGS output_format_json_quote_64bit_integers = 0, output_format_json_quote_decimals = 1,
          date_time_output_format = 'iso'`,
      format: 'JSONCompactEachRow',
    });
    const found = await result.json<unknown[]>();
    const lines = new TextDecoder().decode(body).trim().split('\n');
    return lines.map((line, at) => [JSON.parse(line) as unknown[], found[at] ?? []]);
  };

  const insertMore = async (write: (w: ByteWriter) => void): Promise<void> => {
    const w = new ByteWriter(65_536);
    write(w);
    const body = w.bytes.slice(0, w.length);
    const table = 'instrument_changes';
    await sink.insert({ name: `rows:${++frames}`, table, columns: frameColumns[table], body });
  };

  const timeColumns = new Set(['ts', 'event_ts', 'effective_at', 'peak_ts', 'market_ts']);
  const decimalColumns = new Set(['quantity', 'price', 'fee_quantity', 'quantity_before', 'quantity_after']);
  const assertSame = (
    table: FrameTable,
    [sent, found]: [unknown[], unknown[]],
    except: readonly string[] = [],
  ): void => {
    for (const [at, column] of frameColumns[table].entries()) {
      const value = sent[at];
      if (except.includes(column)) continue;
      let expected = value;
      if (timeColumns.has(column) && value !== null) expected = new Date(value as number).toISOString();
      else if (decimalColumns.has(column))
        expected = String(value)
          .replace(/(\.\d*?)0+$/, '$1')
          .replace(/\.$/, '');
      assert.deepEqual(found[at], expected, `${table}.${column}`);
    }
  };

  it('of the curve keep every figure, and nulls', async () => {
    const none = {
      nav: NaN,
      navLow: NaN,
      navHigh: NaN,
      drawdown: NaN,
      units: NaN,
      dayChangePercent: NaN,
      peakTime: NaN,
    };
    const [full, empty] = await insert('equity_curve', (w) => {
      writeCurveRow(w, sampleCurve({ wipedOut: true, totalEquity: -Number.MAX_SAFE_INTEGER }));
      writeCurveRow(w, sampleCurve({ ...none, timestamp: sampleTime + 1000 }));
    });
    assert.ok(full !== undefined && empty !== undefined);
    assertSame('equity_curve', full);
    assertSame('equity_curve', empty);
  });

  it('of effects keep quantities and prices to the last digit', async () => {
    const [fill, deposit, late] = await insert('effects', (w) => {
      const big = {
        quantity: 123_456_789,
        quantityScale: 8,
        quantityBefore: 0,
        quantityAfter: 1,
        price: -37_630_000_001,
        priceScale: 12,
      };
      for (const effect of [
        sampleEffect({ sequence: 1, ...big }),
        sampleEffect({ sequence: 2, event: sampleDeposit, realizedBase: NaN, flowBase: NaN, rate: NaN }),
        sampleEffect({
          sequence: 3,
          event: { kind: 'booked', field: 'netFlow', amount: 5, currency: 'EUR' },
          currency: 'EUR',
        }),
      ]) {
        writeEffectRow(w, effect);
        fillTick(w.bytes, w.length, sampleTime + 7);
      }
    });
    assert.ok(fill !== undefined && deposit !== undefined && late !== undefined);
    assertSame('effects', fill);
    // Without a time of its own an event has that of the ledger.
    assertSame('effects', deposit, ['event_ts']);
    assertSame('effects', late, ['event_ts']);
    const count = async (table: string): Promise<string> =>
      (await client.query({ query: `SELECT count() FROM ${table}`, format: 'TabSeparated' })).text();
    assert.equal(await count('settlements'), '1\n');
    assert.equal(await count('cash_flows'), '1\n');
  });

  it('of instruments keep what was said of them and defaults for the rest, and the newest is known', async () => {
    const fields = { currency: 'KWD', multiplier: '0.125', style: 'margined', sector: 'a "b"' } as const;
    const rows = await insert('instrument_changes', (w) => {
      writeInstrumentRow(w, 'EURUSD', instrumentOf('EURUSD', {}, {}), 2, sampleTime);
      writeInstrumentRow(w, 'X', instrumentOf('X', fields, {}), 3, sampleTime);
    });
    assert.equal(rows.length, 2);
    for (const row of rows) assertSame('instrument_changes', row);
    await insertMore((w) => {
      const changed = { ...fields, sector: 'c', initial_margin_rate: 0.05 };
      writeInstrumentRow(w, 'X', instrumentOf('X', changed, {}), 3, sampleTime + 1);
    });
    const found = await client.query({
      query: 'SELECT symbol, multiplier, sector, initial_margin_rate FROM instruments ORDER BY symbol',
      format: 'TabSeparated',
    });
    assert.equal(await found.text(), 'EURUSD\t1\t\t\\N\nX\t0.125\tc\t0.05\n');
  });

  it('of a rebase say from when on history is another, and by which correction', async () => {
    const [rebase] = await insert('effects', (w) => {
      const event = { ...sampleRebase, from: sampleTime - 5 };
      writeEffectRow(w, sampleEffect({ event, symbol: '', currency: '', cashEffect: 0, realized: 0 }));
      fillTick(w.bytes, w.length, sampleTime + 7);
    });
    assert.ok(rebase !== undefined);
    assertSame('effects', rebase);
    const query = 'SELECT kind, id, toUnixTimestamp64Milli(effective_at), detail, subject FROM effects';
    const row = await (await client.query({ query, format: 'TabSeparated' })).text();
    assert.equal(row, `rebase\trebase-9\t${sampleTime - 5}\t9\t\n`);
  });

  it('of voids stand beside what they voided, with what they took back', async () => {
    for (const table of ['settlements', 'cash_flows'])
      await client.command({ query: `TRUNCATE TABLE ${table}` });
    const undo = (area: 'settlements' | 'cash', of: string) =>
      ({ kind: 'void', area, id: `v-${of}`, of, ts: NaN }) as const;
    const [fill, voided] = await insert('effects', (w) => {
      for (const effect of [
        sampleEffect({ sequence: 1, cashEffect: -500, realized: 0, realizedBase: 0 }),
        sampleEffect({
          sequence: 2,
          event: undo('settlements', 'f1'),
          quantity: 0,
          price: 0,
          feeQuantity: 0,
          cashEffect: 500,
          realized: -70,
          realizedBase: -70,
        }),
        sampleEffect({
          sequence: 3,
          event: undo('cash', 'd1'),
          symbol: '',
          cashEffect: -900,
          flowBase: -990,
        }),
      ]) {
        writeEffectRow(w, effect);
        fillTick(w.bytes, w.length, sampleTime + 7);
      }
    });
    assert.ok(fill !== undefined && voided !== undefined);
    assertSame('effects', voided, ['event_ts']);
    const rows = async (query: string): Promise<string> =>
      (await client.query({ query, format: 'TabSeparated' })).text();
    assert.equal(
      await rows('SELECT sequence, kind, of, cash_effect, realized FROM settlements ORDER BY sequence'),
      '1\tfill\t\t-500\t0\n2\tvoid\tf1\t500\t-70\n',
    );
    assert.equal(
      await rows('SELECT sequence, kind, of, amount, cash_effect, flow_base FROM cash_flows'),
      '3\tvoid\td1\t-900\t-900\t-990\n',
    );
  });
});
