/** The processes that answer how they are: each by its role, the gateway among them. */
import type { Metric } from 'prom-client';
import { gauge, type Sample } from './metric.ts';

export interface ProcessFigures {
  readonly role: string;
  readonly uptime_ms: number;
  readonly memory: { readonly resident_bytes: number; readonly heap_bytes: number };
}

/** By role; null: it does not answer. */
export function processMetrics(found: Readonly<Record<string, ProcessFigures | null>>): Metric[] {
  const of = (figure: (process: ProcessFigures) => number): Sample[] =>
    Object.entries(found).flatMap(([role, process]) =>
      process === null ? [] : [{ value: figure(process), labels: { role } }],
    );
  const up = Object.entries(found).map(([role, process]) => ({
    value: process === null ? 0 : 1,
    labels: { role },
  }));
  return [
    gauge('tidemark_process_up', 'Whether the process of the role answers.', up),
    gauge('tidemark_process_uptime_seconds', 'Since it was started.', of(({ uptime_ms }) => uptime_ms / 1000)),
    gauge('tidemark_process_resident_bytes', 'Memory of the process.', of(({ memory }) => memory.resident_bytes)),
    gauge('tidemark_process_heap_bytes', 'Of that, in use by JavaScript.', of(({ memory }) => memory.heap_bytes)),
  ]; // prettier-ignore
}
