/** Months (UTC) of row times: rows of one frame lie in one, so that an insert is one part of a table. */

export class MonthRange {
  private start = NaN;
  private end = NaN;

  /** Whether `ms` lies in the month that `enter` was last told of. */
  has(ms: number): boolean {
    return ms >= this.start && ms < this.end;
  }

  enter(ms: number): void {
    const date = new Date(ms);
    this.start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    this.end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  }
}
