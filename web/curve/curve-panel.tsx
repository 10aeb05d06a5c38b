/** The panel of the curves: ranges, a benchmark, what they say at a moment, and the chart. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { useRepeated } from '../account/use-repeated.ts';
import { gateway } from '../api/gateway.ts';
import { connections } from '../live/connection.ts';
import { parts } from '../live/health.ts';
import { BenchmarkField } from './benchmark-field.tsx';
import { CurveCanvas } from './curve-canvas.tsx';
import { CurveFeed } from './curve-feed.ts';
import { RangeButtons } from './range-buttons.tsx';
import { firstRange, type Range } from './ranges.ts';
import { useFlows } from './use-flows.ts';

interface Props {
  readonly id: string;
  readonly currency: string;
  /** Symbols to choose a benchmark from. */
  readonly symbols: readonly string[];
  /** Counts corrections of the account's history. */
  readonly corrections: number;
}

export function CurvePanel({ id, currency, symbols, corrections }: Props) {
  const [range, setRange] = useState<Range>(firstRange);
  const [benchmark, setBenchmark] = useState('');
  const feed = useMemo(() => new CurveFeed(id, range), [id]);
  useEffect(() => () => feed.stop(), [feed]);
  const connection = connections.value;
  const hasHistory = parts.value.history;
  useEffect(() => feed.resume(), [connection, hasHistory]);
  useEffect(() => {
    if (corrections > 0) void feed.load();
  }, [corrections]);
  const flows = useFlows(id);
  const { answer: marks, problem } = useRepeated(
    `${benchmark} ${range.name}`,
    dashboardLimits.benchmarkEveryMs,
    benchmark === '' ? null : () => marksOf(benchmark, feed),
  );
  const { problem: missing, isLoading } = feed;
  return (
    <section class="panel curves" aria-label="Curves">
      <div class="panel-head">
        <h2>Performance</h2>
        <RangeButtons
          range={range}
          onRange={(chosen) => {
            setRange(chosen);
            void feed.load(chosen);
          }}
        />
        <BenchmarkField
          value={benchmark}
          symbols={symbols}
          note={
            benchmark === ''
              ? null
              : problem !== null
                ? problem.reason
                : marks?.length === 0
                  ? 'no prices'
                  : null
          }
          onValue={setBenchmark}
        />
      </div>
      {missing.value !== null && (
        <p class="missing" role="status">
          History is missing ({missing.value.reason}): the curve begins where this page began.
        </p>
      )}
      <CurveCanvas
        feed={feed}
        currency={currency}
        flows={flows}
        benchmark={benchmark}
        marks={marks ?? []}
        isLoading={isLoading.value}
      />
    </section>
  );
}

/** Of the time of the curve, and a little before: the mark that held when it began. */
function marksOf(symbol: string, feed: CurveFeed) {
  const { oldestTs, stepMs } = feed.curve.peek();
  const from = Number.isFinite(oldestTs) ? oldestTs - 60 * stepMs : -Infinity;
  return gateway.marks(symbol, { from, to: Infinity }, dashboardLimits.curvePointsAsked);
}
