/**
 * An answer that is kept for a while, and asked for once at a time, however many want it. Knows nothing of what is asked.
 */

export class Kept<T> {
  private readonly ask: () => Promise<T>;
  private readonly keptMs: number;
  private answer: Promise<T> | null = null;
  private until = Infinity;

  /** `keptMs`: from when the answer came. A failure is kept, too. */
  constructor(ask: () => Promise<T>, keptMs: number) {
    this.ask = ask;
    this.keptMs = keptMs;
  }

  get(): Promise<T> {
    if (this.answer !== null && performance.now() < this.until) return this.answer;
    this.until = Infinity;
    const answer = this.ask();
    const came = (): void => {
      this.until = performance.now() + this.keptMs;
    };
    answer.then(came, came);
    return (this.answer = answer);
  }
}
