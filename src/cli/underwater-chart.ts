/** An underwater chart for the terminal: how far below its peak an account was, over time. Knows no source. */
import { percentText } from './format.ts';
import { lineChart } from './line-chart.ts';
import type { Stretches } from './stretches.ts';

/** @param underwater worst drawdown of each stretch, a fraction <= 0 */
export function underwaterChart(underwater: Stretches): string {
  const deepest = Math.min(...underwater.values, 0);
  return lineChart(underwater, {
    // A flat line at the surface still needs a scale.
    min: deepest === 0 ? -0.01 : deepest,
    max: 0,
    text: (value) => percentText(Math.min(value, 0) + 0),
  });
}
