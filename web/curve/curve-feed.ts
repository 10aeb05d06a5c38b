/**
 * The curve of one account over a range: history of the range, joined by every tick since, and asked again for what was
 * not in the database yet, or was missed while the line was down. Owns the curve; draws nothing.
 */
import { signal } from '@preact/signals';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { gateway } from '../api/gateway.ts';
import { problemFrom, type Problem } from '../api/problem.ts';
import type { Account, HistoryPoint } from '../api/shapes.ts';
import { accounts, listen } from '../live/accounts.ts';
import { now } from '../live/connection.ts';
import { Curve, stepFor, type CurveState } from './curve.ts';
import type { Range } from './ranges.ts';

export class CurveFeed {
  /** What there is to draw; another one after each load. */
  readonly curve = signal(new Curve(Infinity));
  /** Why history is missing from it. */
  readonly problem = signal<Problem | null>(null);
  readonly isLoading = signal(false);
  private readonly id: string;
  private readonly unlisten: () => void;
  private range: Range;
  /** Ticks since the load that is under way began. */
  private ahead: Curve | null = null;
  private loads = 0;
  private isOver = false;

  constructor(id: string, range: Range) {
    this.id = id;
    this.range = range;
    this.unlisten = listen(id, (account) => {
      const state = stateOf(account);
      this.curve.peek().add(state);
      this.ahead?.add(state);
    });
    void this.load(range);
  }

  stop(): void {
    this.isOver = true;
    this.unlisten();
  }

  async load(range: Range = this.range): Promise<void> {
    const load = ++this.loads;
    this.range = range;
    const ahead = new Curve(range.lengthMs);
    this.ahead = ahead;
    const live = accounts.get(this.id);
    if (live !== undefined) ahead.add(stateOf(live));
    this.isLoading.value = true;
    // By the time of the ticks, which may be that of data of long ago.
    const end = live?.timestamp ?? now();
    const found = await this.ask(end - range.lengthMs);
    if (load !== this.loads || this.isOver) return;
    this.ahead = null;
    this.isLoading.value = false;
    const recorded = found ?? this.curve.peek().rows();
    const first = recorded[0]?.ts ?? end;
    const curve = new Curve(range.lengthMs, stepFor(Math.min(range.lengthMs, end - first)));
    for (const state of [...recorded, ...ahead.rows()]) curve.add(state);
    this.curve.value = curve;
    const last = recorded.at(-1)?.ts ?? -Infinity;
    if (found !== null && last < ahead.oldestTs) void this.fill(curve, last, ahead.oldestTs);
  }

  /** What was missed since the curve's newest state, until now. */
  resume(): void {
    if (this.problem.peek() !== null) void this.load();
    else void this.fill(this.curve.peek(), this.curve.peek().newestTs, now());
  }

  /** Rows are on their way to the database: asked for until they reach `to`. */
  private async fill(curve: Curve, from: number, to: number): Promise<void> {
    for (let tries = 0; tries < dashboardLimits.curveGapRetriesMax; tries++) {
      await new Promise((resolve) => setTimeout(resolve, dashboardLimits.curveGapRetryMs));
      if (this.isOver || curve !== this.curve.peek()) return;
      const found = (await this.ask(from)) ?? [];
      for (const state of found) curve.add(state);
      if ((found.at(-1)?.ts ?? -Infinity) >= to) return;
    }
  }

  private async ask(from: number): Promise<readonly CurveState[] | null> {
    try {
      const points = await gateway.history(this.id, { from, to: Infinity }, dashboardLimits.curvePointsAsked);
      if (!this.isOver) this.problem.value = null;
      return points.map(stateOfPoint);
    } catch (error) {
      if (!this.isOver) this.problem.value = problemFrom(error);
      return null;
    }
  }
}

function stateOf({
  timestamp: ts,
  total_equity: equity,
  net_flow: flow,
  nav,
  drawdown,
}: Account): CurveState {
  return { ts, equity, nav, pnl: equity - flow, drawdown };
}

function stateOfPoint({ ts, total_equity: equity, net_flow: flow, nav, drawdown }: HistoryPoint): CurveState {
  return { ts: Date.parse(ts), equity, nav, pnl: equity - flow, drawdown };
}
