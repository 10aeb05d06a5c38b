/** What the engine says of itself, as `tidemark.stats` answers it. Types alone. */

/** What is on its way, by part. */
export interface EngineLags {
  /** Messages of LEDGER that are not applied. */
  readonly ledger: number;
  /** Not acknowledged by FRAMES. */
  readonly frames: { readonly bytes: number; readonly rows: number };
  /** Bytes of effects not acknowledged by the effect log. */
  readonly effects: number;
  /** LEDGER sequences that a recovery would read again. */
  readonly checkpoint: number;
  /** Frames that the sink has not acknowledged, as of a few seconds ago; null: unknown. */
  readonly sink: number | null;
}

/** How often something took how long, for ever: each bucket counts what took no longer than its bound. */
export interface Durations {
  /** Upper bounds, milliseconds, rising; beyond the last one nothing is counted but in `count`. */
  readonly bounds_ms: readonly number[];
  /** Within each bound and not within the one before it. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum_ms: number;
}

export interface RecoveryProgress {
  /** What it is doing: changelog, effects, frames, ledger, prices, tail (of the ledger). */
  readonly phase: string;
  readonly accounts: number;
  /** LEDGER sequence applied, and the one up to which everything had been applied and told; 0: not known yet. */
  readonly sequence: number;
  readonly through: number;
}

export interface EngineStats {
  readonly state: string;
  readonly lags: EngineLags;
  /** Only while the past is brought back. */
  readonly recovery?: RecoveryProgress;
  readonly accounts: number;
  /** By state; `failing`: such as take no events, whatever their state. */
  readonly accounts_by_state: Readonly<Record<string, number>>;
  readonly holdings: number;
  readonly symbols: number;
  readonly tick: number;
  readonly ledger_sequence: number;
  /** From which a recovery would begin, and how many accounts changed since they were written. */
  readonly checkpoint_sequence: number;
  readonly checkpoint_accounts_pending: number;
  readonly prices_received: number;
  readonly prices_ignored: number;
  readonly prices_rounded: number;
  readonly settlements_applied: number;
  readonly cash_applied: number;
  readonly voids_applied: number;
  /** Applied after corrections of history, and such as came for a correction that was not the account's last one. */
  readonly rebases_applied: number;
  readonly rebases_stale: number;
  readonly duplicates: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly emitted: number;
  readonly tick_ms_last: number;
  readonly tick_ms_max: number;
  /** Ticks: marking and encoding alone, and until everybody was told. */
  readonly tick_durations: Durations;
  readonly told_durations: Durations;
  readonly tick_queue: number;
  /** With ticks from outside: so much was applied since the last one that LEDGER is not read before the next. */
  readonly ledger_waits_for_tick: boolean;
}
