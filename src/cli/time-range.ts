/** From when to when: the options, `from` inclusive, `to` exclusive. */
import type { Command } from 'commander';
import { allTime, type TimeRange } from '../client/view-of.ts';
import { periodOption, timeOption } from './arguments.ts';
import { UsageError } from './context.ts';

export interface RangeOptions {
  readonly from?: number;
  readonly to?: number;
  readonly window?: number;
}

export function withRangeOptions(command: Command): Command {
  return command
    .option('--from <time>', 'from this date or time on (default: the beginning)', timeOption)
    .option('--to <time>', 'before this date or time (default: now)', timeOption)
    .option('--window <period>', 'the last so long, such as 12h or 30d, instead of --from', periodOption);
}

/** Throws UsageError. */
export function rangeOf({ from, to, window }: RangeOptions, now: number): TimeRange {
  if (from !== undefined && window !== undefined) throw new UsageError('give --from or --window, not both');
  const start = from ?? (window === undefined ? allTime.from : (to ?? now) - window);
  const end = to ?? allTime.to;
  if (start >= end) throw new UsageError('--from is before --to');
  return { from: start, to: end };
}
