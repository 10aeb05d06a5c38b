/** Deposits and withdrawals where they are marked on a curve: those of history, and such as it does not have yet. Pure. */
import type { Flow } from '../api/shapes.ts';

export interface FlowMark {
  readonly ts: number;
  /** Minor units; negative: it went out. */
  readonly amount: number;
}

/** A flow that a tick told of: net flow changed by it. */
export interface LiveFlow extends FlowMark {
  /** The tick before. */
  readonly after: number;
}

/** Live ones give way to history as soon as it has what was booked by their tick. In the order of time. */
export function flowMarks(recorded: readonly Flow[], live: readonly LiveFlow[]): FlowMark[] {
  const booked = recorded.map((flow) => Date.parse(flow.booked_ts));
  const ahead = live.filter(({ after, ts }) => !booked.some((at) => at >= after && at <= ts));
  const markOf = ({ ts, amount }: FlowMark): FlowMark => ({ ts, amount });
  const past = recorded.map(({ ts, amount }) => ({ ts: Date.parse(ts), amount }));
  return [...past, ...ahead.map(markOf)].sort((a, b) => a.ts - b.ts);
}

/** Those of one bucket are one mark: what they came to. `timeOf`: seconds of a bucket, null outside of the curve. */
export function byBucket(
  marks: readonly FlowMark[],
  timeOf: (ts: number) => number | null,
): { readonly time: number; readonly amount: number }[] {
  const sums = new Map<number, number>();
  for (const { ts, amount } of marks) {
    const time = timeOf(ts);
    if (time !== null) sums.set(time, (sums.get(time) ?? 0) + amount);
  }
  return [...sums].map(([time, amount]) => ({ time, amount }));
}
