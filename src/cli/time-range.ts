/** From when to when: the options, and how a time reads in SQL. `from` inclusive, `to` exclusive. */
import type { Command } from 'commander';
import { periodOption, timeOption } from './arguments.ts';
import { UsageError } from './context.ts';

export interface RangeOptions {
  readonly from?: number;
  readonly to?: number;
  readonly window?: number;
}

/** Milliseconds since the epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** DateTime64(3) is exact far beyond; no curve begins before or ends after. */
const earliest = Date.UTC(1970, 0, 1);
const latest = Date.UTC(2200, 0, 1);

export function withRangeOptions(command: Command): Command {
  return command
    .option('--from <time>', 'from this date or time on (default: the beginning)', timeOption)
    .option('--to <time>', 'before this date or time (default: now)', timeOption)
    .option('--window <period>', 'the last so long, such as 12h or 30d, instead of --from', periodOption);
}

/** Throws UsageError. */
export function rangeOf({ from, to, window }: RangeOptions, now: number): TimeRange {
  if (from !== undefined && window !== undefined) throw new UsageError('give --from or --window, not both');
  const start = from ?? (window === undefined ? earliest : (to ?? now) - window);
  const end = to ?? latest;
  if (start >= end) throw new UsageError('--from is before --to');
  return { from: start, to: end };
}

/** As ClickHouse reads it: "2026-01-31 17:00:00.000", in UTC. */
export function sqlTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}
