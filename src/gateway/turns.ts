/**
 * So many at once, the others in the order of their arrival: no more than a bound of them, and for no longer than a bound.
 * Knows nothing of what is done.
 */

export interface TurnBounds {
  readonly atOnce: number;
  readonly waitingMax: number;
  readonly waitMsMax: number;
}

export class Turns {
  private readonly bounds: TurnBounds;
  private readonly waiting = new Set<(isTurn: boolean) => void>();
  private running = 0;

  constructor(bounds: TurnBounds) {
    this.bounds = bounds;
  }

  get figures(): { readonly running: number; readonly waiting: number } {
    return { running: this.running, waiting: this.waiting.size };
  }

  /** null, without a call, where too many wait, or it would wait for too long. */
  async take<T>(action: () => Promise<T>): Promise<{ readonly value: T } | null> {
    if (this.running < this.bounds.atOnce) this.running += 1;
    else if (!(await this.turn())) return null;
    try {
      return { value: await action() };
    } finally {
      const [next] = this.waiting;
      // Whoever waits takes the place as it is.
      if (next === undefined) this.running -= 1;
      else next(true);
    }
  }

  private turn(): Promise<boolean> {
    const { waitingMax, waitMsMax } = this.bounds;
    if (this.waiting.size >= waitingMax) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isTurn: boolean): void => {
        clearTimeout(patience);
        this.waiting.delete(end);
        resolve(isTurn);
      };
      const patience = setTimeout(() => end(false), waitMsMax);
      this.waiting.add(end);
    });
  }
}
