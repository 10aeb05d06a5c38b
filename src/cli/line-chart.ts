/** A line chart for the terminal, with its values at the left and its ends in time below. Knows no source. */
import asciichart from 'asciichart';
import { limits } from '../../config/limits.ts';
import { timeText } from './format.ts';
import type { Stretches } from './stretches.ts';

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly text: (value: number) => string;
}

export function lineChart({ from, to, values }: Stretches, { min, max, text }: Scale): string {
  const labelWidth = Math.max(text(min).length, text(max).length);
  const plotted = asciichart.plot(values, {
    height: limits.cliChartRows - 1,
    min,
    max,
    format: (value) => text(value).padStart(labelWidth),
  });
  const start = timeText(from);
  const end = timeText(to);
  const indent = ' '.repeat(labelWidth + 2);
  const gap = Math.max(2, values.length - start.length - end.length);
  return `${plotted}\n${indent}${start}${' '.repeat(gap)}${end}`;
}

/** From the least to the greatest value; a flat line still needs a scale. */
export function fittingScale(values: readonly number[], text: (value: number) => string): Scale {
  const min = values.reduce((least, value) => Math.min(least, value), Infinity);
  const max = values.reduce((greatest, value) => Math.max(greatest, value), -Infinity);
  return { min, max: max > min ? max : min + Math.max(1, Math.abs(min) / 100), text };
}

/** How many stretches fit beside the labels of a terminal of so many columns. */
export function chartWidth(columns: number | undefined, labelWidth = 14): number {
  return Math.max(40, Math.min((columns ?? 100) - labelWidth, 160));
}
