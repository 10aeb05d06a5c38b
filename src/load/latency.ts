/**
 * From publication of a price to the equity that reflects it, or a later one of the same symbol: percentiles over
 * every probe price that was published, conflated ones too, so that a stall counts for all that waited in it.
 */
import { build } from 'hdr-histogram-js';
import { shownPercentiles } from './percentiles.ts';
import type { ProbeLog } from './price-feed.ts';
import type { SightingLog } from './subscriber.ts';

export interface LatencyFigures {
  readonly count: number;
  /** Published and never seen, nor a later one. */
  readonly unseen: number;
  /** Milliseconds by percent. */
  readonly ms: Readonly<Record<string, number>>;
}

const microsPerMs = 1000;
const micros = {
  lowestDiscernibleValue: 1,
  highestTrackableValue: 600_000_000,
  numberOfSignificantValueDigits: 3,
} as const;

/** Of the prices published from `from` to `to`, microseconds since the run's start. */
export function latencyOf(
  published: ProbeLog,
  seen: SightingLog,
  probes: number,
  from: number,
  to: number,
): LatencyFigures {
  const histogram = build(micros);
  const sightings: { published: number; received: number }[][] = Array.from({ length: probes }, () => []);
  for (let i = 0; i < seen.count; i++) {
    sightings[seen.probe[i] ?? 0]?.push({
      published: seen.published[i] ?? 0,
      received: seen.received[i] ?? 0,
    });
  }
  const at = new Int32Array(probes);
  let unseen = 0;
  for (let i = 0; i < published.count; i++) {
    const probe = published.probe[i] ?? 0;
    const sent = published.micros[i] ?? 0;
    const ofProbe = sightings[probe] ?? [];
    while ((ofProbe[at[probe] ?? 0]?.published ?? Infinity) < sent) at[probe] = (at[probe] ?? 0) + 1;
    if (sent < from || sent > to) continue;
    const sighting = ofProbe[at[probe] ?? 0];
    if (sighting === undefined) unseen++;
    else histogram.recordValue(Math.max(1, Math.round(sighting.received - sent)));
  }
  return {
    count: histogram.totalCount,
    unseen,
    ms: Object.fromEntries(
      shownPercentiles.map((p) => [String(p), histogram.getValueAtPercentile(p) / microsPerMs]),
    ),
  };
}
