/** What a part of the benchmarks measured: one line of the printed table and of bench.json. */

export interface BenchRow {
  /** The part of the specification's table: `sink`. */
  readonly part: string;
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** The same work done bare, in the same run. */
  readonly ceiling?: number;
  /** value / ceiling. */
  readonly ratio?: number;
  readonly target?: string;
}
