-- Columns of nav_rows, of nav_hours: each hour at its last row's time.
epoch,
last.ts AS ts,
last.tick AS tick,
assumeNotNull(last.nav) AS close,
highest_nav.1 AS high,
lowest_nav.1 AS low,
highest_nav.2 AS high_ts,
lowest_nav.2 AS low_ts,
ifNull(worst_drawdown, 0) AS worst
