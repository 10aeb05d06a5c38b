/** Rollups of a curve the long way round: every bucket from all of its rows. For the SQL to be compared with. */

export interface RollupRow {
  readonly ts: number;
  readonly tick: number;
  readonly session_date: string;
  readonly epoch: number;
  readonly total_equity: number;
  readonly cash_balance: number;
  readonly nav: number | null;
  readonly nav_low: number | null;
  readonly nav_high: number | null;
  readonly worst_drawdown: number | null;
  readonly rebase: number;
}

export interface Bucket {
  readonly ts: number;
  readonly session_date: string;
  readonly epoch: number;
  readonly rows: number;
  readonly first_ts: number;
  readonly last_ts: number;
  readonly open_equity: number;
  readonly high_equity: number;
  readonly low_equity: number;
  readonly close_equity: number;
  readonly high_equity_ts: number;
  readonly low_equity_ts: number;
  readonly open_nav: number | null;
  readonly high_nav: number | null;
  readonly low_nav: number | null;
  readonly close_nav: number | null;
  readonly high_nav_ts: number;
  readonly low_nav_ts: number;
  readonly worst_drawdown: number | null;
  readonly tick: number;
  readonly cash_balance: number;
}

export type Level = '1m' | '1h' | '1d';

const lengths = { '1m': 60_000, '1h': 3_600_000 };

export function bucketOf(row: RollupRow, level: Level): number {
  return level === '1d' ? Date.parse(row.session_date) : row.ts - (row.ts % lengths[level]);
}

/** In the order of time, then of epochs. */
export function naiveRollup(rows: readonly RollupRow[], level: Level): Bucket[] {
  const groups = new Map<string, RollupRow[]>();
  for (const row of rows) {
    const key = `${bucketOf(row, level)}/${row.epoch}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()]
    .map((group) => bucket(bucketOf(group[0] as RollupRow, level), group))
    .sort((a, b) => a.ts - b.ts || a.epoch - b.epoch);
}

function bucket(ts: number, unordered: readonly RollupRow[]): Bucket {
  const rows = unordered.toSorted((a, b) => a.ts - b.ts || a.tick - b.tick);
  const first = rows[0] as RollupRow;
  const last = rows[rows.length - 1] as RollupRow;
  const highs = rows.filter((row) => row.nav !== null).map((row) => ({ row, value: row.nav_high ?? 0 }));
  const lows = rows.filter((row) => row.nav !== null).map((row) => ({ row, value: row.nav_low ?? 0 }));
  const equities = rows.map((row) => ({ row, value: row.total_equity }));
  const falls = rows.map((row) => row.worst_drawdown).filter((fall) => fall !== null);
  const highEquity = highest(equities);
  const lowEquity = lowest(equities);
  return {
    ts,
    session_date: last.session_date,
    epoch: first.epoch,
    rows: rows.length,
    first_ts: first.ts,
    last_ts: last.ts,
    open_equity: first.total_equity,
    high_equity: highEquity?.value ?? 0,
    low_equity: lowEquity?.value ?? 0,
    close_equity: last.total_equity,
    high_equity_ts: highEquity?.row.ts ?? 0,
    low_equity_ts: lowEquity?.row.ts ?? 0,
    open_nav: first.nav,
    high_nav: highest(highs)?.value ?? null,
    low_nav: lowest(lows)?.value ?? null,
    close_nav: last.nav,
    // Without nav any row of the bucket is as good: not compared.
    high_nav_ts: highest(highs)?.row.ts ?? -1,
    low_nav_ts: lowest(lows)?.row.ts ?? -1,
    worst_drawdown: falls.length === 0 ? null : Math.min(...falls),
    tick: last.tick,
    cash_balance: last.cash_balance,
  };
}

interface Valued {
  readonly row: RollupRow;
  readonly value: number;
}

/** The last that reached it. */
const highest = (values: readonly Valued[]): Valued | undefined =>
  values.reduce<Valued | undefined>(
    (best, each) => (best === undefined || each.value >= best.value ? each : best),
    undefined,
  );

/** The first that reached it. */
const lowest = (values: readonly Valued[]): Valued | undefined =>
  values.reduce<Valued | undefined>(
    (best, each) => (best === undefined || each.value < best.value ? each : best),
    undefined,
  );
