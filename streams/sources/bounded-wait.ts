/**
 * Waiting that ends: for an answer from NATS, and for time to pass. Both can be ended early, as a reconnect should: what
 * was asked on the broken connection has no answer. Keeps no process alive. Knows nothing of what is waited for.
 */

export class BoundedWait {
  private readonly answerMs: number;
  private readonly answers = new Set<() => void>();
  private readonly pauses = new Set<() => void>();

  /** `answerMs`: how long an answer may take. */
  constructor(answerMs: number) {
    this.answerMs = answerMs;
  }

  /** The answer. Rejects when there is none in time or before `interrupt`; it may have been taken all the same. */
  async answer<T>(asked: Promise<T>): Promise<T> {
    let end: () => void = () => undefined;
    const none = new Promise<never>((_, reject) => {
      end = this.after(this.answerMs, this.answers, () =>
        reject(new Error(`no answer within ${this.answerMs} ms, or before a reconnect`)),
      );
    });
    try {
      return await Promise.race([asked, none]);
    } finally {
      end();
    }
  }

  /** Resolves after so long, or at `wake` or `interrupt`. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, this.pauses, resolve));
  }

  /** Ends every pause there is now. */
  wake(): void {
    for (const end of [...this.pauses]) end();
  }

  /** Ends every wait there is now. */
  interrupt(): void {
    for (const end of [...this.answers]) end();
    this.wake();
  }

  private after(ms: number, waits: Set<() => void>, action: () => void): () => void {
    const end = (): void => {
      clearTimeout(timer);
      waits.delete(end);
      action();
    };
    const timer = setTimeout(end, ms).unref();
    waits.add(end);
    return end;
  }
}
