/** How long things took, in buckets: a handful of comparisons a measurement, whatever is done with them. */
import type { Durations } from './domain/engine-stats.ts';

/** Milliseconds: what a tick may take is 25 by default; what takes longer than the last is told by the count alone. */
const boundsMs = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500];

export class DurationHistogram {
  private readonly counts = boundsMs.map(() => 0);
  private count = 0;
  private sumMs = 0;

  add(ms: number): void {
    this.count++;
    this.sumMs += ms;
    for (let i = 0; i < boundsMs.length; i++) {
      if (ms > (boundsMs[i] ?? Infinity)) continue;
      this.counts[i] = (this.counts[i] ?? 0) + 1;
      return;
    }
  }

  get figures(): Durations {
    return { bounds_ms: boundsMs, counts: [...this.counts], count: this.count, sum_ms: this.sumMs };
  }
}
