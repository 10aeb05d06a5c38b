-- Rows of the curve on the way of nav, within the range. Where they are too many the one who includes it says which.
SELECT
    epoch,
    ts,
    tick,
    assumeNotNull(nav) AS close,
    greatest(assumeNotNull(nav), ifNull(nav_high, assumeNotNull(nav))) AS high,
    least(assumeNotNull(nav), ifNull(nav_low, assumeNotNull(nav))) AS low,
    ts AS high_ts,
    ts AS low_ts,
    ifNull(worst_drawdown, 0) AS worst
FROM
(
    SELECT epoch, ts, tick, nav, nav_low, nav_high, worst_drawdown, rebase, 0 AS corrected
    FROM equity_curve
    WHERE account_id = {account_id:String} AND ts >= since AND ts < until AND nav IS NOT NULL
    UNION ALL
    SELECT epoch, ts, tick, nav, nav_low, nav_high, worst_drawdown, rebase, 1 AS corrected
    FROM curve_corrections
    WHERE account_id = {account_id:String} AND ts >= since AND ts < until AND nav IS NOT NULL
)
WHERE (@include is_history@reading(ts = ts))
