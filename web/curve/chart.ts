/**
 * The chart itself, by lightweight-charts: equity with flows, NAV with a benchmark, cumulative P&L and drawdown, below each
 * other over one axis of time. Draws what it is given; knows neither gateway nor account. Values are minor units, since
 * only pixels are made of them.
 */
import {
  AreaSeries,
  BaselineSeries,
  createChart,
  createSeriesMarkers,
  LineSeries,
  LineStyle,
  TickMarkType,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { times } from '../format/formats.ts';
import type { Overlaid } from './benchmark.ts';
import { chartColours } from './chart-colours.ts';
import type { Curve, CurveRow } from './curve.ts';

/** Text of the axes. */
export interface AxisText {
  readonly money: (minor: number) => string;
  readonly nav: (nav: number) => string;
  readonly percent: (fraction: number) => string;
}

export interface PlacedFlow {
  /** Seconds, of a row. */
  readonly time: number;
  readonly text: string;
  readonly isIn: boolean;
}

/** Relative heights of the panes, from above. */
const heights = [46, 22, 16, 16];
const edgePixels = 42;

export class CurveChart {
  private readonly chart: IChartApi;
  private readonly equity: ISeriesApi<'Area'>;
  private readonly nav: ISeriesApi<'Line'>;
  private readonly benchmark: ISeriesApi<'Line'>;
  private readonly pnl: ISeriesApi<'Baseline'>;
  private readonly drawdown: ISeriesApi<'Area'>;
  private readonly flows: ISeriesMarkersPluginApi<Time>;
  private readonly resizes: ResizeObserver;
  private byTime = new Map<number, CurveRow>();
  private readonly onLayout: (tops: readonly number[]) => void;
  private tops: readonly number[] = [];
  private drawn: { curve: Curve; shape: number; stepMs: number; lastTime: number } | null = null;

  constructor(
    box: HTMLElement,
    axis: AxisText,
    onCrosshair: (row: CurveRow | null) => void,
    onLayout: (tops: readonly number[]) => void,
  ) {
    this.onLayout = onLayout;
    const quiet = { priceLineVisible: false, crosshairMarkerRadius: 3, lineWidth: 2 } as const;
    const ofMoney = { type: 'custom', formatter: axis.money, minMove: 1 } as const;
    const ofNav = { type: 'custom', formatter: axis.nav, minMove: 0.0001 } as const;
    const ofPercent = { type: 'custom', formatter: axis.percent, minMove: 0.0001 } as const;
    this.chart = createChart(box, {
      autoSize: true,
      // It would bring a style sheet of its own, which the page does not allow: the page says whose charts these are.
      layout: { attributionLogo: false },
      // The chart is as long as its range; a finger on it scrolls the page.
      handleScroll: false,
      handleScale: false,
      timeScale: {
        timeVisible: true,
        secondsVisible: true,
        minBarSpacing: 0.01,
        tickMarkFormatter: tickText,
      },
      localization: { timeFormatter: (time: Time) => times.moment(Number(time) * 1000) },
    });
    this.equity = this.chart.addSeries(AreaSeries, { ...quiet, priceFormat: ofMoney });
    this.nav = this.chart.addSeries(LineSeries, { ...quiet, lineWidth: 1, priceFormat: ofNav }, 1);
    this.benchmark = this.chart.addSeries(
      LineSeries,
      { ...quiet, lineWidth: 1, lineStyle: LineStyle.Dashed, lastValueVisible: false, priceFormat: ofNav },
      1,
    );
    this.pnl = this.chart.addSeries(
      BaselineSeries,
      { ...quiet, lineWidth: 1, baseValue: { type: 'price', price: 0 }, priceFormat: ofMoney },
      2,
    );
    this.drawdown = this.chart.addSeries(
      AreaSeries,
      { ...quiet, lineWidth: 1, invertFilledArea: true, priceFormat: ofPercent },
      3,
    );
    this.drawdown.applyOptions({
      autoscaleInfoProvider: (
        base: () => { priceRange: { minValue: number; maxValue: number } | null } | null,
      ) => {
        const found = base()?.priceRange;
        return found ? { priceRange: { minValue: Math.min(found.minValue, -0.0001), maxValue: 0 } } : null;
      },
    });
    // Zero is the water's surface: nothing is above it.
    this.drawdown.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.12 } });
    this.flows = createSeriesMarkers(this.equity, []);
    this.chart.panes().forEach((pane, i) => pane.setStretchFactor(heights[i] ?? 1));
    this.chart.subscribeCrosshairMove(({ time }) => {
      onCrosshair((time === undefined ? undefined : this.byTime.get(Number(time))) ?? null);
    });
    this.resizes = new ResizeObserver(() => {
      this.fit();
    });
    this.resizes.observe(box);
    this.recolour();
  }

  /** The whole curve, or, of one that has only grown, what is new of it. */
  draw(curve: Curve): void {
    const { drawn } = this;
    const hasGrown = drawn?.curve === curve && drawn.shape === curve.shape && drawn.stepMs === curve.stepMs;
    const rows = curve.rows(hasGrown ? drawn.lastTime : undefined);
    if (hasGrown) this.grow(rows);
    else this.replace(rows);
    const lastTime = rows.at(-1)?.time ?? -Infinity;
    if (lastTime !== drawn?.lastTime || !hasGrown) this.fit();
    this.tellLayout();
    this.drawn = { curve, shape: curve.shape, stepMs: curve.stepMs, lastTime };
  }

  drawFlows(flows: readonly PlacedFlow[]): void {
    const { gain, loss } = chartColours();
    const markers = flows.map(({ time, text, isIn }): SeriesMarker<Time> => ({
      time: time as UTCTimestamp,
      position: isIn ? 'belowBar' : 'aboveBar',
      shape: isIn ? 'arrowUp' : 'arrowDown',
      color: isIn ? gain : loss,
      text,
      size: 0.8,
    }));
    this.flows.setMarkers(markers);
  }

  drawBenchmark(points: readonly Overlaid[]): void {
    this.benchmark.setData(points.map(({ time, value }) => ({ time: time as UTCTimestamp, value })));
  }

  /** After the theme has changed. */
  recolour(): void {
    const c = chartColours();
    this.chart.applyOptions({
      layout: {
        background: { color: 'transparent' },
        textColor: c.text,
        fontFamily: getComputedStyle(document.body).fontFamily,
        fontSize: 11,
        panes: { separatorColor: c.line, enableResize: false },
      },
      grid: { vertLines: { color: c.grid }, horzLines: { color: c.grid } },
      rightPriceScale: { borderColor: c.line },
      timeScale: { borderColor: c.line },
      crosshair: { vertLine: { labelBackgroundColor: c.text }, horzLine: { labelBackgroundColor: c.text } },
    });
    this.equity.applyOptions({ lineColor: c.equity, topColor: c.equityFill, bottomColor: 'transparent' });
    this.nav.applyOptions({ color: c.nav });
    this.benchmark.applyOptions({ color: c.benchmark });
    this.pnl.applyOptions({
      topLineColor: c.gain,
      topFillColor1: c.gainFill,
      topFillColor2: 'transparent',
      bottomLineColor: c.loss,
      bottomFillColor1: 'transparent',
      bottomFillColor2: c.lossFill,
    });
    this.drawdown.applyOptions({ lineColor: c.loss, topColor: c.lossFill, bottomColor: c.lossFill });
  }

  remove(): void {
    this.resizes.disconnect();
    this.chart.remove();
  }

  private grow(rows: readonly CurveRow[]): void {
    for (const row of rows) {
      this.byTime.set(row.time, row);
      const time = row.time as UTCTimestamp;
      this.equity.update({ time, value: row.equity });
      this.nav.update(valueAt(time, row.nav));
      this.pnl.update({ time, value: row.pnl });
      this.drawdown.update(valueAt(time, row.worst));
    }
  }

  private replace(rows: readonly CurveRow[]): void {
    this.byTime = new Map(rows.map((row) => [row.time, row]));
    const at = (row: CurveRow): UTCTimestamp => row.time as UTCTimestamp;
    this.equity.setData(rows.map((row) => ({ time: at(row), value: row.equity })));
    this.nav.setData(rows.map((row) => valueAt(at(row), row.nav)));
    this.pnl.setData(rows.map((row) => ({ time: at(row), value: row.pnl })));
    this.drawdown.setData(rows.map((row) => valueAt(at(row), row.worst)));
  }

  /** The whole curve, with room on the left for the text of a flow at its beginning. */
  private fit(): void {
    const count = this.byTime.size;
    const width = this.chart.timeScale().width();
    if (count === 0 || width === 0) return;
    const room = (count * edgePixels) / Math.max(1, width - edgePixels);
    this.chart.timeScale().setVisibleLogicalRange({ from: -room, to: count - 1 + room / 4 });
  }

  /** Where each pane begins, in pixels from above. */
  private tellLayout(): void {
    let top = 0;
    const tops = this.chart.panes().map((pane) => {
      const here = top;
      top += pane.getHeight() + 1;
      return here;
    });
    if (tops.join() !== this.tops.join()) this.onLayout((this.tops = tops));
  }
}

/** A point without a value keeps its place. */
function valueAt(
  time: UTCTimestamp,
  value: number | null,
): { time: UTCTimestamp; value: number } | { time: UTCTimestamp } {
  return value === null ? { time } : { time, value };
}

function tickText(time: Time, type: TickMarkType): string {
  const ms = Number(time) * 1000;
  switch (type) {
    case TickMarkType.Year:
    case TickMarkType.Month:
      return times.month(ms);
    case TickMarkType.DayOfMonth:
      return times.day(ms);
    case TickMarkType.Time:
      return times.minute(ms);
    case TickMarkType.TimeWithSeconds:
      return times.clock(ms);
  }
}
