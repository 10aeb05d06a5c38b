/** What the engine counts, for `tidemark.stats`. */
import type { EngineStats } from './ports.ts';

type Counted =
  | 'settlements_applied'
  | 'cash_applied'
  | 'duplicates'
  | 'rejected'
  | 'emitted'
  | 'tick_ms_last'
  | 'tick_ms_max';

export class Counters {
  duplicates = 0;
  emitted = 0;
  private settlements = 0;
  private cash = 0;
  private readonly rejected: Record<string, number> = {};
  private tickMsLast = 0;
  private tickMsMax = 0;

  applied(kind: string): void {
    if (kind === 'fill' || kind === 'transfer') this.settlements++;
    else this.cash++;
  }

  refused(reason: string): void {
    this.rejected[reason] = (this.rejected[reason] ?? 0) + 1;
  }

  ticked(ms: number): void {
    this.tickMsLast = ms;
    if (ms > this.tickMsMax) this.tickMsMax = ms;
  }

  stats(others: Omit<EngineStats, Counted>): EngineStats {
    return {
      ...others,
      settlements_applied: this.settlements,
      cash_applied: this.cash,
      duplicates: this.duplicates,
      rejected: { ...this.rejected },
      emitted: this.emitted,
      tick_ms_last: this.tickMsLast,
      tick_ms_max: this.tickMsMax,
    };
  }
}
