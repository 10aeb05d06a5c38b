/** What the real ledger makes of a story, as rows in ClickHouse: of the curve, one a tick, and of effects. */
import assert from 'node:assert/strict';
import type { ClickHouseClient } from '@clickhouse/client';
import type { FrameTable } from '../../src/domain/frame.ts';
import { frameColumns } from '../../src/domain/frame.ts';
import { ByteWriter } from '../../streams/codec/byte-writer.ts';
import { writeCurveRow } from '../../streams/codec/curve-row.ts';
import { fillTick, writeEffectRow } from '../../streams/codec/effect-row.ts';
import { LedgerBench } from '../support/ledger-bench.ts';

export class LedgerHistory {
  readonly bench = new LedgerBench({ eventsHaveTime: true });
  private readonly rows = { equity_curve: [] as string[], effects: [] as string[] };
  private readonly prices: object[] = [];
  private sequence = 0;

  /** An event at a time (ISO 8601). */
  tell(at: string, subject: string, message: object): void {
    const verdict = this.bench.apply(
      subject,
      { id: `e${++this.sequence}`, ...message },
      this.sequence,
      Date.parse(at),
    );
    assert.deepEqual(verdict, { applied: true });
    const effect = this.bench.lastEffect;
    assert.ok(effect !== null);
    this.rows.effects.push(
      written((w) => {
        writeEffectRow(w, effect);
        fillTick(w.bytes, w.length, Date.parse(at));
      }),
    );
  }

  /** A tick, before it prices of symbols. */
  tick(at: string, prices: Readonly<Record<string, string>> = {}): void {
    for (const [symbol, price] of Object.entries(prices)) {
      this.bench.price(symbol, { price, ts: Date.parse(at) });
      this.prices.push({ symbol, ts: Date.parse(at), price });
    }
    this.bench.tick(Date.parse(at));
    for (const row of this.bench.curve())
      this.rows.equity_curve.push(
        written((w) => {
          writeCurveRow(w, row);
        }),
      );
  }

  async insertInto(client: ClickHouseClient): Promise<void> {
    for (const [table, rows] of Object.entries(this.rows)) {
      const columns = frameColumns[table as FrameTable].join(', ');
      if (rows.length > 0)
        await client.command({
          query: `INSERT INTO ${table} (${columns}) FORMAT JSONCompactEachRow\n${rows.join('')}`,
        });
      rows.length = 0;
    }
    if (this.prices.length > 0)
      await client.insert({ table: 'prices', values: this.prices, format: 'JSONEachRow' });
    this.prices.length = 0;
  }
}

function written(write: (w: ByteWriter) => void): string {
  const w = new ByteWriter(1024);
  write(w);
  return Buffer.from(w.bytes.subarray(0, w.length)).toString();
}
