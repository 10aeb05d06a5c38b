/**
 * Units and nav of an account as a fund has them, in fixed point of 30 decimals instead of doubles. Knows equity and
 * flows as figures; refuses to know where they come from.
 */

/** 1 as nav and units count it. */
const scale = 10n ** 30n;

export interface PerformanceFigures {
  readonly nav: number | null;
  readonly peak_nav: number | null;
  readonly drawdown: number;
  readonly max_drawdown: number;
  readonly max_drawdown_life: number;
  readonly epoch: number;
  readonly wiped_out: boolean;
  readonly units: number | null;
}

export class Performance {
  private units: bigint | null = null;
  private navFixed: bigint | null = null;
  private peak: bigint | null = null;
  private drop = 0n;
  private dropMax = 0n;
  private dropLife = 0n;
  private epoch = 1;
  private wiped = false;
  private readonly dust: bigint;

  constructor(dust: bigint) {
    this.dust = dust;
  }

  get nav(): bigint | null {
    return this.navFixed;
  }

  /** Nav at an equity that no tick has measured yet. */
  navAt(equity: bigint): bigint | null {
    if (this.units === null || this.units <= 0n || this.wiped) return this.navFixed;
    return equity > 0n ? (equity * scale * scale) / this.units : 0n;
  }

  get isWiped(): boolean {
    return this.wiped;
  }

  get epochs(): number {
    return this.epoch;
  }

  /** Equity at or below zero by performance; to be asked at ticks and before flows. */
  ruinIfGone(equity: bigint): void {
    if (this.units === null || this.units <= 0n || this.wiped || equity > 0n) return;
    this.wiped = true;
    this.navFixed = 0n;
    this.drop = this.dropMax = this.dropLife = -scale;
  }

  /** A flow took equity from `before` to `after`; `isFlat`: no position is open after it. */
  flowed(flow: bigint, before: bigint, after: bigint, isFlat: boolean): void {
    if (this.wiped) {
      if (flow > 0n && after > 0n) this.begin(after);
      return;
    }
    if (this.units === null || this.navFixed === null) {
      if (after > 0n) this.begin(after);
      return;
    }
    if (this.units > 0n && before > 0n) this.navFixed = (before * scale * scale) / this.units;
    if (flow < 0n && isFlat && after < this.dust) this.units = 0n;
    else if (this.units > 0n) this.units += (flow * scale * scale) / this.navFixed;
    else this.units = (after * scale * scale) / this.navFixed;
  }

  private begin(equity: bigint): void {
    if (this.wiped) {
      this.epoch++;
      this.wiped = false;
      this.drop = this.dropMax = 0n;
    }
    this.units = equity * scale;
    this.navFixed = this.peak = scale;
  }

  /** At a tick. `hasFlowed`: something flowed in or out before, on balance. */
  measure(equity: bigint, hasFlowed: boolean): void {
    if (this.units === null && hasFlowed && equity > 0n) this.begin(equity);
    this.ruinIfGone(equity);
    if (this.wiped) return;
    if (this.units !== null && this.units > 0n) this.navFixed = (equity * scale * scale) / this.units;
    const nav = this.navFixed;
    if (nav === null) return;
    if (this.peak === null || nav > this.peak) this.peak = nav;
    this.drop = (nav * scale) / this.peak - scale;
    if (this.drop < this.dropMax) this.dropMax = this.drop;
    if (this.drop < this.dropLife) this.dropLife = this.drop;
  }

  figures(): PerformanceFigures {
    return {
      nav: this.navFixed === null ? null : asDouble(this.navFixed),
      peak_nav: this.peak === null ? null : asDouble(this.peak),
      drawdown: asDouble(this.drop),
      max_drawdown: asDouble(this.dropMax),
      max_drawdown_life: asDouble(this.dropLife),
      epoch: this.epoch,
      wiped_out: this.wiped,
      units: this.units === null ? null : asDouble(this.units),
    };
  }
}

/** 100 x (nav / open - 1) to 4 decimals; null where there is nothing to divide by. */
export function percentChange(nav: bigint | null, open: bigint): number | null {
  if (nav === null || open <= 0n) return null;
  return Number(((nav - open) * 10n ** 12n) / open) / 1e10;
}

export const navAtStart = scale;

function asDouble(fixed: bigint): number {
  return Number(fixed) / 1e30;
}
