/** The engine's figures, as it tells them itself, by the names that Prometheus knows them by. */
import type { Metric } from 'prom-client';
import type { EngineStats } from '../../domain/engine-stats.ts';
import { by, counter, durations, gauge } from './metric.ts';

/** As `tidemark.stats` answers. */
export type TidemarkStats = EngineStats & { readonly emissions_unsent: number };

/** null: no engine answers. */
export function engineMetrics(stats: TidemarkStats | null): Metric[] {
  const state = stats?.state ?? 'down';
  return [
    gauge('tidemark_engine_live', 'Whether an engine is live.', state === 'live' ? 1 : 0),
    gauge('tidemark_engine_state', 'The state that the engine is in has 1.', by('state', { [state]: 1 })),
    ...(stats === null ? [] : [...books(stats), ...ticks(stats), ...lags(stats)]),
  ];
}

function books(stats: EngineStats & { readonly emissions_unsent: number }): Metric[] {
  const applied = {
    settlement: stats.settlements_applied,
    cash: stats.cash_applied,
    void: stats.voids_applied,
    rebase: stats.rebases_applied,
  };
  return [
    gauge('tidemark_accounts', 'Accounts by state; failing: such as take no events, whatever their state.', by('state', stats.accounts_by_state)),
    gauge('tidemark_holdings', 'Positions that are or were held.', stats.holdings),
    gauge('tidemark_symbols', 'Symbols that were ever named.', stats.symbols),
    counter('tidemark_prices_received_total', 'Prices and quotes taken from feeds.', stats.prices_received),
    counter('tidemark_prices_ignored_total', 'Prices that were older than what was known.', stats.prices_ignored),
    counter('tidemark_prices_rounded_total', 'Prices with more digits than their scale.', stats.prices_rounded),
    counter('tidemark_events_applied_total', 'Events of LEDGER applied, by kind.', by('kind', applied)),
    counter('tidemark_rebases_stale_total', 'Rebases that a newer correction had overtaken.', stats.rebases_stale),
    counter('tidemark_duplicates_total', 'Events of LEDGER that had been applied before.', stats.duplicates),
    counter('tidemark_rejections_total', 'What was refused, by reason.', by('reason', stats.rejected)),
    counter('tidemark_updates_total', 'Equity updates told.', stats.emitted),
    counter('tidemark_updates_unsent_total', 'Updates that were told to nobody, since NATS was away.', stats.emissions_unsent),
  ]; // prettier-ignore
}

function ticks(stats: EngineStats): Metric[] {
  return [
    gauge('tidemark_tick', 'The last tick: milliseconds since the epoch where the engine makes them itself.', stats.tick),
    durations('tidemark_tick_duration_seconds', 'Marking, measuring and encoding of a tick.', stats.tick_durations),
    durations('tidemark_tick_told_seconds', 'From the beginning of a tick until it was durable and told.', stats.told_durations),
    gauge('tidemark_tick_queue', 'Ticks from outside that wait for LEDGER.', stats.tick_queue),
    gauge('tidemark_ledger_waits_for_tick', 'Whether LEDGER waits for a tick from outside.', stats.ledger_waits_for_tick ? 1 : 0),
    gauge('tidemark_ledger_sequence', 'LEDGER sequence applied last.', stats.ledger_sequence),
    gauge('tidemark_checkpoint_sequence', 'LEDGER sequence from which a recovery would begin.', stats.checkpoint_sequence),
    gauge('tidemark_checkpoint_accounts_pending', 'Accounts that changed since they were written down.', stats.checkpoint_accounts_pending),
  ]; // prettier-ignore
}

function lags({ lags: { ledger, frames, effects, checkpoint, sink } }: EngineStats): Metric[] {
  return [
    gauge('tidemark_ledger_lag_messages', 'Messages of LEDGER that are not applied.', ledger),
    gauge('tidemark_frames_unacknowledged_rows', 'Rows on their way to FRAMES.', frames.rows),
    gauge('tidemark_frames_unacknowledged_bytes', 'Bytes on their way to FRAMES.', frames.bytes),
    gauge('tidemark_effects_unacknowledged_bytes', 'Bytes on their way to the effect log.', effects),
    gauge('tidemark_checkpoint_lag_sequences', 'LEDGER sequences that a recovery would read again.', checkpoint),
    gauge('tidemark_sink_lag_frames', 'Frames that are not in ClickHouse; not there: nobody can say.', sink === null ? [] : [{ value: sink }]),
  ]; // prettier-ignore
}
