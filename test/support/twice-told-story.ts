/** A story told twice: as it came, and as it should have been. Owns the order of both; knows no figure. */
import assert from 'node:assert/strict';
import type { BenchOptions } from './ledger-bench.ts';
import { LedgerBench } from './ledger-bench.ts';

export type Fields = Readonly<Record<string, unknown>>;

export class TwiceToldStory<Told extends LedgerBench> {
  /** As it came; and as it should have been. */
  readonly told: Told;
  readonly meant: LedgerBench;
  protected sequence = 0;
  private market = 0;

  constructor(told: Told, options: BenchOptions, instruments: Readonly<Record<string, object>>) {
    this.told = told;
    this.meant = new LedgerBench(options);
    for (const bench of this.benches) {
      for (const [symbol, fields] of Object.entries(instruments)) bench.instrument(symbol, fields);
    }
  }

  protected get benches(): readonly LedgerBench[] {
    return [this.told, this.meant];
  }

  /** What only came; it must be taken. */
  tell(subject: string, fields: Fields, time: number): void {
    this.apply(this.told, subject, fields, time);
  }

  /** What only should have been. */
  mean(subject: string, fields: Fields, time: number): void {
    this.apply(this.meant, subject, fields, time);
  }

  both(subject: string, fields: Fields, time: number): void {
    this.tell(subject, fields, time);
    this.mean(subject, fields, time);
  }

  price(symbol: string, price: string | number): void {
    this.offer(symbol, { price });
  }

  quote(symbol: string, bid: number, ask: number): void {
    this.offer(symbol, { bid, ask });
  }

  private apply(bench: LedgerBench, subject: string, fields: Fields, time: number): void {
    const verdict = bench.apply(subject, fields, ++this.sequence, time);
    assert.deepEqual(verdict, { applied: true }, `${subject} ${JSON.stringify(fields)}`);
  }

  private offer(symbol: string, message: Fields): void {
    const stamped = { ...message, ts: ++this.market };
    for (const bench of this.benches) bench.price(symbol, stamped);
  }
}
