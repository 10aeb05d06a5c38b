/** Rows of accounts that changed and are not written yet, each once, in the order in which they changed. */
export class DirtyRows {
  private marked = new Uint8Array(64);
  private rows: number[] = [];

  /** Those that were noted and not taken. */
  get count(): number {
    return this.rows.length;
  }

  has(row: number): boolean {
    return this.marked[row] === 1;
  }

  note(row: number): void {
    if (row >= this.marked.length) {
      const larger = new Uint8Array(Math.max(row + 1, this.marked.length * 2));
      larger.set(this.marked);
      this.marked = larger;
    }
    if (this.marked[row] === 1) return;
    this.marked[row] = 1;
    this.rows.push(row);
  }

  /** The rows, for whoever writes them: what changes from now on is noted anew once `clean` was said of it. */
  take(): number[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  /** The row is written as it is now, or will not be. */
  clean(row: number): void {
    this.marked[row] = 0;
  }

  /** Taken, but not written. */
  noteAgain(rows: readonly number[]): void {
    this.rows = [...new Set([...this.rows, ...rows])];
    for (const row of this.rows) this.marked[row] = 1;
  }
}
