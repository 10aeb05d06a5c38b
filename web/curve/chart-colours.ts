/** The colours of the chart, as the style sheet has them for the theme. */

export interface ChartColours {
  readonly text: string;
  readonly grid: string;
  readonly line: string;
  readonly equity: string;
  readonly equityFill: string;
  readonly nav: string;
  readonly benchmark: string;
  readonly gain: string;
  readonly gainFill: string;
  readonly loss: string;
  readonly lossFill: string;
}

export function chartColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: of('muted'),
    grid: of('chart-grid'),
    line: of('line'),
    equity: of('accent'),
    equityFill: of('accent-fill'),
    nav: of('nav'),
    benchmark: of('benchmark'),
    gain: of('gain'),
    gainFill: of('gain-fill'),
    loss: of('loss'),
    lossFill: of('loss-fill'),
  };
}
