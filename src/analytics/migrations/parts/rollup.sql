-- Rows of @curve as states of a rollup, by account and @bucket (a time or a date).
SELECT
    account_id,
    toDateTime64(@bucket, 3, 'UTC') AS ts,
    epoch,
    rebase,
    @corrected AS corrected,
    count() AS rows,
    min((@curve.ts, tick, total_equity, nav)) AS open,
    max((total_equity, @curve.ts)) AS highest_equity,
    max((greatest(ifNull(nav, -inf), ifNull(nav_high, -inf)), @curve.ts)) AS highest_nav,
    min((total_equity, @curve.ts)) AS lowest_equity,
    min((least(ifNull(nav, inf), ifNull(nav_low, inf)), @curve.ts)) AS lowest_nav,
    min(@curve.worst_drawdown) AS worst_drawdown,
    max((
        @curve.ts, @curve.tick, @curve.session_date, @curve.total_equity, @curve.cash_balance, @curve.position_value,
        @curve.unrealized_pnl, @curve.realized_pnl, @curve.fees, @curve.income, @curve.net_flow, @curve.day_change,
        @curve.day_change_percent, @curve.day_net_flow, @curve.day_open_nav, @curve.nav, @curve.units,
        @curve.peak_nav, @curve.drawdown, @curve.sequence
    )) AS last
FROM @curve
GROUP BY account_id, ts, epoch, rebase
