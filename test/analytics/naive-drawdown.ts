/**
 * Drawdown computed the long way round from every tick, for the SQL to be compared with; and the rows of a curve that
 * such ticks give, as the engine writes them.
 */

export interface TickOfNav {
  readonly nav: number;
  /** The first tick of an epoch. */
  readonly newEpoch: boolean;
}

export interface CurveRow {
  readonly ts: number;
  readonly tick: number;
  readonly epoch: number;
  readonly nav: number;
  readonly nav_low: number;
  readonly nav_high: number;
  readonly worst_drawdown: number;
}

export interface Episode {
  readonly peak_ts: number;
  readonly trough_ts: number;
  readonly recovery_ts: number | null;
  readonly depth: number;
  readonly decline_seconds: number;
  readonly recovery_seconds: number | null;
  readonly length_seconds: number;
}

const fall = (nav: number, peak: number): number => (peak > 0 ? nav / peak - 1 : 0);

/** Ticks are a second apart; `perRow` of them make a row, an epoch begins one. */
export function curveRows(path: readonly TickOfNav[], perRow: number, start: number): CurveRow[] {
  const rows: CurveRow[] = [];
  let epoch = 1;
  let peak = 0;
  let inRow: { nav: number; drawdown: number }[] = [];
  for (const [at, { nav, newEpoch }] of path.entries()) {
    if (newEpoch && at > 0) {
      epoch += 1;
      peak = 0;
    }
    peak = Math.max(peak, nav);
    inRow.push({ nav, drawdown: fall(nav, peak) });
    const next = path[at + 1];
    if (next !== undefined && !next.newEpoch && inRow.length < perRow) continue;
    const navs = inRow.map((tick) => tick.nav);
    rows.push({
      ts: start + at * 1000,
      tick: at,
      epoch,
      nav,
      nav_low: Math.min(...navs),
      nav_high: Math.max(...navs),
      worst_drawdown: Math.min(...inRow.map((tick) => tick.drawdown)),
    });
    inRow = [];
  }
  return rows;
}

/** Every fall below a peak until the peak is reached again, deepest first. */
export function naiveEpisodes(path: readonly TickOfNav[], perRow: number, start: number): Episode[] {
  const rows = curveRows(path, perRow, start);
  const found: Episode[] = [];
  for (const [at, row] of rows.entries()) {
    const epoch = rows.filter((other) => other.epoch === row.epoch);
    const highest = Math.max(...epoch.filter((other) => other.ts <= row.ts).map((other) => other.nav));
    if (row.nav < highest) continue;
    const after = epoch.filter((other) => other.ts > row.ts);
    const recovery = after.find((other) => other.nav >= row.nav);
    const below = after.filter((other) => recovery === undefined || other.ts < recovery.ts);
    if (below.length === 0) continue;
    const lowest = Math.min(...below.map((other) => other.nav));
    const trough = below.find((other) => other.nav === lowest) ?? row;
    const end = recovery ?? epoch[epoch.length - 1] ?? rows[at] ?? row;
    found.push({
      peak_ts: row.ts,
      trough_ts: trough.ts,
      recovery_ts: recovery?.ts ?? null,
      depth: fall(trough.nav, row.nav),
      decline_seconds: (trough.ts - row.ts) / 1000,
      recovery_seconds: recovery === undefined ? null : (recovery.ts - trough.ts) / 1000,
      length_seconds: (end.ts - row.ts) / 1000,
    });
  }
  return found.sort((a, b) => a.depth - b.depth || a.peak_ts - b.peak_ts);
}
