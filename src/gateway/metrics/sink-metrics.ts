/** The sink's figures, as it tells them itself, by the names that Prometheus knows them by. */
import type { Metric } from 'prom-client';
import { counter, gauge } from './metric.ts';

/** What of its answer is shown. */
export interface SinkFigures {
  readonly frames: number;
  readonly rows: number;
  readonly stale: number;
  readonly refused: number;
  readonly retries: number;
  readonly held: number;
  readonly pending: number;
  readonly waiting_for: string | null;
}

/** null: no sink answers. */
export function sinkMetrics(sink: SinkFigures | null): Metric[] {
  if (sink === null) return [];
  return [
    counter('tidemark_sink_frames_total', 'Frames inserted into ClickHouse.', sink.frames),
    counter('tidemark_sink_rows_total', 'Rows inserted into ClickHouse.', sink.rows),
    counter('tidemark_sink_stale_frames_total', 'Frames of a former owner that were dropped.', sink.stale),
    counter('tidemark_sink_refused_frames_total', 'Frames that went to DEAD_LETTERS.', sink.refused),
    counter('tidemark_sink_retries_total', 'Inserts that were tried again.', sink.retries),
    gauge('tidemark_sink_held_frames', 'Frames delivered and not dealt with.', sink.held),
    gauge('tidemark_sink_pending_frames', 'Frames in the stream that were not delivered yet.', sink.pending),
    gauge('tidemark_sink_waiting', 'Whether inserts wait for ClickHouse.', sink.waiting_for === null ? 0 : 1),
  ];
}
