/** What the engine counts, for `tidemark.stats`. */
import type { EngineStats } from './domain/engine-stats.ts';
import { DurationHistogram } from './duration-histogram.ts';

type Counted =
  | 'settlements_applied'
  | 'cash_applied'
  | 'voids_applied'
  | 'rebases_applied'
  | 'rebases_stale'
  | 'duplicates'
  | 'rejected'
  | 'emitted'
  | 'tick_ms_last'
  | 'tick_ms_max'
  | 'tick_durations'
  | 'told_durations';

export class Counters {
  duplicates = 0;
  staleRebases = 0;
  emitted = 0;
  private settlements = 0;
  private cash = 0;
  private voids = 0;
  private rebases = 0;
  private readonly rejected: Record<string, number> = {};
  private tickMsLast = 0;
  private tickMsMax = 0;
  private readonly ticks = new DurationHistogram();
  private readonly told = new DurationHistogram();

  applied(kind: string): void {
    if (kind === 'fill' || kind === 'transfer') this.settlements++;
    else if (kind === 'void') this.voids++;
    else if (kind === 'rebase') this.rebases++;
    else this.cash++;
  }

  refused(reason: string): void {
    this.rejected[reason] = (this.rejected[reason] ?? 0) + 1;
  }

  ticked(ms: number): void {
    this.tickMsLast = ms;
    if (ms > this.tickMsMax) this.tickMsMax = ms;
    this.ticks.add(ms);
  }

  /** From the tick's beginning until it was durable and told. */
  toldAfter(ms: number): void {
    this.told.add(ms);
  }

  stats(others: Omit<EngineStats, Counted>): EngineStats {
    return {
      ...others,
      settlements_applied: this.settlements,
      cash_applied: this.cash,
      voids_applied: this.voids,
      rebases_applied: this.rebases,
      rebases_stale: this.staleRebases,
      duplicates: this.duplicates,
      rejected: { ...this.rejected },
      emitted: this.emitted,
      tick_ms_last: this.tickMsLast,
      tick_ms_max: this.tickMsMax,
      tick_durations: this.ticks.figures,
      told_durations: this.told.figures,
    };
  }
}
