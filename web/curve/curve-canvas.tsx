/** The chart in the document: made once, drawn with every frame in which its curve changed, and told in words beside it. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Mark } from '../api/shapes.ts';
import { theme } from '../app/theme.ts';
import { money, ratios } from '../format/formats.ts';
import { frame } from '../live/frames.ts';
import { overlaid } from './benchmark.ts';
import { CurveChart } from './chart.ts';
import type { CurveFeed } from './curve-feed.ts';
import type { CurveRow } from './curve.ts';
import { CurveReadout } from './curve-readout.tsx';
import { byBucket, type FlowMark } from './flow-marks.ts';

interface Props {
  readonly feed: CurveFeed;
  readonly currency: string;
  readonly flows: readonly FlowMark[];
  readonly benchmark: string;
  readonly marks: readonly Mark[];
  readonly isLoading: boolean;
}

export function CurveCanvas({ feed, currency, flows, benchmark, marks, isLoading }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<CurveChart | null>(null);
  const [pointed, setPointed] = useState<CurveRow | null>(null);
  const [tops, setTops] = useState<readonly number[]>([]);
  const curve = feed.curve.value;
  const drawnFrame = frame.value;
  // Before the page is painted: the chart and the figures beside it are of one moment.

  useLayoutEffect(() => {
    if (box.current === null) return;
    const made = new CurveChart(
      box.current,
      {
        money: (minor) => money.short(minor, currency),
        nav: (nav) => ratios.nav(nav),
        percent: (fraction) => ratios.percent(fraction),
      },
      setPointed,
      setTops,
    );
    chart.current = made;
    return () => {
      made.remove();
      chart.current = null;
    };
  }, [currency]);
  useLayoutEffect(() => chart.current?.recolour(), [theme.value, currency]);
  useLayoutEffect(() => chart.current?.draw(curve), [curve, drawnFrame, currency]);
  useLayoutEffect(() => {
    const placed = byBucket(flows, (ts) => curve.timeOf(ts)).map(({ time, amount }) => ({
      time,
      isIn: amount > 0,
      text: money.signed(amount, currency),
    }));
    chart.current?.drawFlows(placed);
  }, [curve, curve.shape, flows, currency, theme.value]);
  useLayoutEffect(() => {
    chart.current?.drawBenchmark(benchmark === '' ? [] : overlaid(curve.rows(), curve.stepMs, marks));
  }, [curve, curve.shape, marks, benchmark]);

  const last = curve.rows(Math.floor(curve.newestTs / 1000)).at(-1) ?? null;
  return (
    <>
      <CurveReadout
        row={pointed ?? last}
        currency={currency}
        isNow={pointed === null}
        flowCount={flows.length}
      />
      <div class="chart" aria-busy={isLoading}>
        <div class="chart-box" ref={box} role="img" aria-label={inWords(last, currency)} />
        {['Equity', benchmark === '' ? 'NAV' : `NAV, ${benchmark} dashed`, 'Cumulative P&L', 'Drawdown'].map(
          (name, i) => (
            <span key={i} class="pane-name" aria-hidden="true" style={{ top: `${(tops[i] ?? 0) + 6}px` }}>
              {tops.length === 0 ? '' : name}
            </span>
          ),
        )}
      </div>
      <p class="attribution">
        Charts by{' '}
        <a href="https://www.tradingview.com/" rel="noreferrer" target="_blank">
          TradingView Lightweight Charts™
        </a>
        , © TradingView, Inc.
      </p>
    </>
  );
}

function inWords(row: CurveRow | null, currency: string): string {
  if (row === null) return 'Curves of equity, NAV, cumulative profit and loss, and drawdown: no data yet';
  return `Curves up to now: equity ${money.full(row.equity, currency)}, NAV ${ratios.nav(row.nav)}, cumulative profit and loss ${money.full(row.pnl, currency)}, drawdown ${ratios.percent(row.drawdown)}`;
}
