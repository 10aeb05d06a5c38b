/**
 * A curve for a chart: states of an account in buckets of equal length, from history and from live ticks alike. Whatever
 * comes goes into the bucket of its time, and the latest state of a bucket counts; so it does not matter what came from
 * where, what came twice, or in which order: there is one value a bucket, no gap and no step. Pure.
 */
import { dashboardLimits } from '../../config/limits-dashboard.ts';

/** Money in minor units. */
export interface CurveState {
  /** Milliseconds since the epoch. */
  readonly ts: number;
  readonly equity: number;
  readonly nav: number | null;
  /** Cumulative: equity less net flow. */
  readonly pnl: number;
  readonly drawdown: number | null;
}

export interface CurveRow extends CurveState {
  /** Beginning of the bucket, seconds since the epoch. */
  readonly time: number;
  /** The deepest drawdown within the bucket. */
  readonly worst: number | null;
}

interface Bucket {
  state: CurveState;
  worst: number | null;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
// prettier-ignore
const steps = [
  1, 2, 5, 10, 15, 30, 60, 2 * 60, 5 * 60, 10 * 60, 15 * 60, 30 * 60,
].map((seconds) => seconds * secondMs).concat([hourMs, 2 * hourMs, 3 * hourMs, 6 * hourMs, 12 * hourMs, dayMs, 2 * dayMs, 7 * dayMs, 28 * dayMs]);

/** The shortest step by which so long a time is about as many buckets as are wanted. */
export function stepFor(lengthMs: number): number {
  const wanted = lengthMs / dashboardLimits.curveBucketsWanted;
  return steps.find((step) => step >= wanted) ?? steps.at(-1) ?? dayMs;
}

export class Curve {
  /** Of the time before the newest state, so much is kept. */
  readonly lengthMs: number;
  stepMs: number;
  /** Counts whatever changed rows other than the newest: who has drawn them draws them all anew. */
  shape = 0;
  private readonly buckets = new Map<number, Bucket>();
  private firstKey = Infinity;
  private lastKey = -Infinity;

  constructor(lengthMs: number, stepMs: number = steps[0] ?? secondMs) {
    this.lengthMs = lengthMs;
    this.stepMs = stepMs;
  }

  /** Time of the newest state; -Infinity where there is none. */
  get newestTs(): number {
    return this.buckets.get(this.lastKey)?.state.ts ?? -Infinity;
  }

  get oldestTs(): number {
    return this.buckets.get(this.firstKey)?.state.ts ?? Infinity;
  }

  /** In any order, any number of times. */
  add(state: CurveState): void {
    if (state.ts < this.newestTs - this.lengthMs) return;
    const key = Math.floor(state.ts / this.stepMs);
    const found = this.buckets.get(key);
    if (key < this.lastKey) this.shape++;
    if (found === undefined) this.buckets.set(key, { state, worst: state.drawdown });
    else {
      if (state.ts >= found.state.ts) found.state = state;
      found.worst = lower(found.worst, state.drawdown);
    }
    this.firstKey = Math.min(this.firstKey, key);
    this.lastKey = Math.max(this.lastKey, key);
    this.forgetOld();
    if (this.lastKey - this.firstKey >= dashboardLimits.curveBucketsMax) this.coarsen();
  }

  /** One a bucket from the first to the last; where nothing changed, what held before. From `fromTime` on. */
  rows(fromTime = -Infinity): CurveRow[] {
    const rows: CurveRow[] = [];
    if (this.buckets.size === 0) return rows;
    const begin = Math.max(this.firstKey, Math.floor((fromTime * secondMs) / this.stepMs));
    let held = this.heldBefore(begin);
    for (let key = begin; key <= this.lastKey; key++) {
      const bucket = this.buckets.get(key);
      if (bucket !== undefined) held = bucket.state;
      if (held === null) continue;
      const worst = bucket === undefined ? held.drawdown : bucket.worst;
      rows.push({ ...held, time: (key * this.stepMs) / secondMs, worst });
    }
    return rows;
  }

  /** The beginning of the bucket that has this moment, in seconds; null outside of the curve. */
  timeOf(ts: number): number | null {
    const key = Math.floor(ts / this.stepMs);
    return key < this.firstKey || key > this.lastKey ? null : (key * this.stepMs) / secondMs;
  }

  private heldBefore(key: number): CurveState | null {
    for (let before = key - 1; before >= this.firstKey; before--) {
      const bucket = this.buckets.get(before);
      if (bucket !== undefined) return bucket.state;
    }
    return null;
  }

  private forgetOld(): void {
    const oldest = Math.floor((this.newestTs - this.lengthMs) / this.stepMs);
    if (!(this.firstKey < oldest)) return;
    // What held when the time that is kept begins is still known then.
    const held = this.buckets.get(oldest) ?? withState(this.heldBefore(oldest));
    for (const key of [...this.buckets.keys()]) if (key < oldest) this.buckets.delete(key);
    if (held !== null) this.buckets.set(oldest, held);
    this.firstKey = Math.min(...this.buckets.keys());
    this.shape++;
  }

  private coarsen(): void {
    const states = [...this.buckets.values()];
    this.stepMs = steps.find((step) => step > this.stepMs) ?? 2 * this.stepMs;
    this.buckets.clear();
    this.firstKey = Infinity;
    this.lastKey = -Infinity;
    this.shape++;
    for (const { state, worst } of states) {
      this.add(state);
      const bucket = this.buckets.get(Math.floor(state.ts / this.stepMs));
      if (bucket !== undefined) bucket.worst = lower(bucket.worst, worst);
    }
  }
}

function withState(state: CurveState | null): Bucket | null {
  return state === null ? null : { state, worst: state.drawdown };
}

function lower(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
