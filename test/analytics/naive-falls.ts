/** Falls of a curve by loops over its rows, for views over rollups to be compared with. */

export interface Point {
  readonly ts: number;
  readonly nav: number;
}

export interface Fall {
  readonly peak_ts: number;
  readonly trough_ts: number;
  readonly recovery_ts: number | null;
  readonly depth: number;
}

/** From each peak to the row that reaches it again, deepest first. */
export function fallsOf(points: readonly Point[]): Fall[] {
  const falls: Fall[] = [];
  let peak: Point | undefined;
  let trough: Point | undefined;
  const close = (recovery_ts: number | null): void => {
    if (peak === undefined || trough === undefined) return;
    falls.push({ peak_ts: peak.ts, trough_ts: trough.ts, recovery_ts, depth: trough.nav / peak.nav - 1 });
    trough = undefined;
  };
  for (const point of points) {
    if (peak === undefined || point.nav >= peak.nav) {
      close(point.ts);
      peak = point;
    } else if (trough === undefined || point.nav < trough.nav) {
      trough = point;
    }
  }
  close(null);
  return falls.sort((a, b) => a.depth - b.depth || a.peak_ts - b.peak_ts);
}

/** At each row, the worst of low / earlier high - 1 over the rows of (ts - window, ts]. */
export function rollingFalls(points: readonly Point[], windowMs: number): { ts: number; drawdown: number }[] {
  return points.map(({ ts }) => {
    const within = points.filter((point) => point.ts > ts - windowMs && point.ts <= ts);
    let [peak, drawdown] = [0, 0];
    for (const { nav } of within) {
      peak = Math.max(peak, nav);
      drawdown = Math.min(drawdown, nav / peak - 1);
    }
    return { ts, drawdown };
  });
}
