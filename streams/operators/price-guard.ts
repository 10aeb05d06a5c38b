/**
 * Holds back a price that moved further than is believable, until enough ticks agree on it: one wild quote must not
 * fake a drawdown. Owns what was last taken and what is being held, by symbol. Off by default.
 */

/** A price held back, or (isHeld false) the end of that: taken after all, or gone. */
export type HeldPrice = (symbol: number, from: number, to: number, isHeld: boolean) => void;

interface Held {
  mid: number;
  ticks: number;
}

export class PriceGuard {
  private readonly maxMovePercent: number;
  private readonly confirmTicks: number;
  private readonly report: HeldPrice;
  private readonly taken = new Map<number, number>();
  private readonly held = new Map<number, Held>();

  constructor(maxMovePercent: number, confirmTicks: number, report: HeldPrice) {
    this.maxMovePercent = maxMovePercent;
    this.confirmTicks = confirmTicks;
    this.report = report;
  }

  /** Judges the price of a symbol at a tick: whether it is taken now. */
  admits(symbol: number, mid: number): boolean {
    const last = this.taken.get(symbol);
    const held = this.held.get(symbol);
    if (last === undefined || !this.isFar(last, mid)) {
      if (held !== undefined) this.release(symbol, last ?? mid, mid);
      this.taken.set(symbol, mid);
      return true;
    }
    const ticks = held !== undefined && !this.isFar(held.mid, mid) ? held.ticks + 1 : 1;
    if (ticks >= this.confirmTicks) {
      if (held !== undefined) this.release(symbol, last, mid);
      this.taken.set(symbol, mid);
      return true;
    }
    if (held === undefined) this.report(symbol, last, mid, true);
    this.held.set(symbol, { mid, ticks });
    return false;
  }

  /** The symbol's mark is this now, whoever said so. */
  set(symbol: number, mid: number): void {
    this.taken.set(symbol, mid);
    this.held.delete(symbol);
  }

  private release(symbol: number, from: number, to: number): void {
    this.held.delete(symbol);
    this.report(symbol, from, to, false);
  }

  /** A guard against nonsense, not an account: doubles will do. From zero no percentage says anything. */
  private isFar(from: number, to: number): boolean {
    return from !== 0 && Math.abs(to - from) * 100 > Math.abs(from) * this.maxMovePercent;
  }
}
