/**
 * Corrected rows into curve_corrections in bounded inserts, and the row of `corrections` that makes them history, last.
 * Written again after a crash, each insert is the same one, and taken once: rows come in the same order, and an insert's
 * name says which part of which rebase it is.
 */
import { limits } from '../../../config/limits.ts';
import { ByteWriter } from '../../../streams/codec/byte-writer.ts';
import { writeCurveRow } from '../../../streams/codec/curve-row.ts';
import type { ClickHouseSink } from '../../../streams/sinks/clickhouse.ts';
import { MonthRange } from '../../../streams/sinks/month.ts';
import type { CurveRow } from '../../domain/equity-update.ts';
import { frameColumns } from '../../domain/frame.ts';

export interface Correction {
  readonly account: string;
  /** LEDGER sequence of the rebase. */
  readonly rebase: number;
  /** LEDGER sequence of the last correction that it covers. */
  readonly of: number;
  /** Milliseconds: from when on history is that of this rebase, and when the account was rebased. */
  readonly from: number;
  readonly to: number;
}

const initialBytes = 65_536;

export class CorrectionWriter {
  private readonly target: ClickHouseSink;
  private readonly correction: Correction;
  private readonly month = new MonthRange();
  private writer = new ByteWriter(initialBytes);
  private rows = 0;
  private part = 0;
  /** Rows written. */
  written = 0;

  constructor(target: ClickHouseSink, correction: Correction) {
    this.target = target;
    this.correction = correction;
  }

  /** Whether `flush` is due before `row`: an insert is full, or the row is of another month. */
  isDue(row: CurveRow): boolean {
    return (
      this.rows > 0 &&
      (this.rows >= limits.frameRowsMax ||
        this.writer.length >= limits.frameBytesMax ||
        !this.month.has(row.timestamp))
    );
  }

  add(row: CurveRow): void {
    if (this.rows === 0) this.month.enter(row.timestamp);
    writeCurveRow(this.writer, { ...row, rebase: this.correction.rebase });
    this.rows++;
  }

  async flush(): Promise<void> {
    if (this.rows === 0) return;
    await this.insert('curve_corrections', frameColumns.equity_curve, this.part++);
    this.written += this.rows;
    this.rows = 0;
  }

  /** Everything is written: from now on it is history. */
  async finish(): Promise<void> {
    await this.flush();
    const { account, rebase, of, from, to } = this.correction;
    this.writer.text(`${JSON.stringify([account, rebase, of, from, to])}\n`);
    await this.insert('corrections', ['account_id', 'rebase', 'of', 'from_ts', 'to_ts'], 'last');
  }

  private async insert(table: string, columns: readonly string[], part: number | string): Promise<void> {
    const { account, rebase } = this.correction;
    const body = this.writer.bytes.subarray(0, this.writer.length);
    await this.target.insert({ name: `corrections:${account}:${rebase}:${part}`, table, columns, body });
    this.writer = new ByteWriter(initialBytes);
  }
}
