/**
 * Metrics of which the figures are counted elsewhere, as prom-client's registry takes them: read when somebody asks. Knows
 * no figure of Tidemark.
 */
import type { Metric } from 'prom-client';
import type { Durations } from '../../domain/engine-stats.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

/** A figure by a label's values. */
export function by(label: string, figures: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(figures).map(([name, value]) => ({ value, labels: { [label]: name } }));
}

export function gauge(name: string, help: string, samples: number | readonly Sample[]): Metric {
  return metric(name, help, 'gauge', valuesOf(samples));
}

/** Counted by who is asked: it starts anew with its process. */
export function counter(name: string, help: string, samples: number | readonly Sample[]): Metric {
  return metric(name, help, 'counter', valuesOf(samples));
}

/** In seconds. */
export function durations(
  name: string,
  help: string,
  { bounds_ms, counts, count, sum_ms }: Durations,
): Metric {
  let within = 0;
  const buckets = bounds_ms.map((bound, i) => {
    within += counts[i] ?? 0;
    return { value: within, labels: { le: String(bound / 1000) }, metricName: `${name}_bucket` };
  });
  return metric(name, help, 'histogram', [
    ...buckets,
    { value: count, labels: { le: '+Inf' }, metricName: `${name}_bucket` },
    { value: sum_ms / 1000, labels: {}, metricName: `${name}_sum` },
    { value: count, labels: {}, metricName: `${name}_count` },
  ]);
}

function valuesOf(samples: number | readonly Sample[]): object[] {
  const given = typeof samples === 'number' ? [{ value: samples }] : samples;
  return given.map(({ value, labels = {} }: Sample) => ({ value, labels }));
}

/** What the registry asks of a metric is its `get`; prom-client's own classes count themselves. */
function metric(
  name: string,
  help: string,
  type: 'gauge' | 'counter' | 'histogram',
  values: object[],
): Metric {
  const figures = { name, help, type, aggregator: 'sum', values };
  return { ...figures, get: () => figures } as unknown as Metric;
}
