/** An underwater chart for the terminal: how far below its peak an account was, over time. Knows no source. */
import asciichart from 'asciichart';
import { limits } from '../../config/limits.ts';
import { percentText, timeText } from './format.ts';

/** Worst drawdown within each of equal stretches of time from `from` to `to`, a fraction <= 0. */
export interface Underwater {
  readonly from: number;
  readonly to: number;
  readonly worst: readonly number[];
}

export function underwaterChart({ from, to, worst }: Underwater): string {
  const deepest = Math.min(...worst, 0);
  // A flat line at the surface still needs a scale.
  const floor = deepest === 0 ? -0.01 : deepest;
  const labelWidth = percentText(floor).length;
  const plotted = asciichart.plot(worst, {
    height: limits.cliChartRows - 1,
    min: floor,
    max: 0,
    format: (value) => percentText(Math.min(value, 0) + 0).padStart(labelWidth),
  });
  const start = timeText(from);
  const end = timeText(to);
  const indent = ' '.repeat(labelWidth + 2);
  const gap = Math.max(2, worst.length - start.length - end.length);
  return `${plotted}\n${indent}${start}${' '.repeat(gap)}${end}`;
}

/** How many stretches fit beside the labels of a terminal of so many columns. */
export function chartWidth(columns: number | undefined): number {
  return Math.max(40, Math.min((columns ?? 100) - 14, 160));
}
