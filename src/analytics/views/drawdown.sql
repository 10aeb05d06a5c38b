-- drawdown(account_id, from, to): how far below its peak an account was, row by row.
-- The peak is the running maximum of nav within the range asked for (`from` inclusive, `to` exclusive), per epoch:
-- after a wipe-out a new epoch begins and is measured by itself. Times are dates or ISO 8601, in UTC.
CREATE OR REPLACE VIEW drawdown AS
SELECT
    ts,
    nav,
    peak_nav,
    if(peak_nav > 0, nav / peak_nav - 1, 0) AS drawdown
FROM
(
    SELECT
        ts,
        tick,
        assumeNotNull(nav) AS nav,
        max(greatest(assumeNotNull(nav), ifNull(nav_high, assumeNotNull(nav)))) OVER (
            PARTITION BY epoch ORDER BY ts, tick ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS peak_nav
    FROM equity_curve
    WHERE account_id = {account_id:String}
        AND ts >= parseDateTime64BestEffort({from:String}, 3, 'UTC')
        AND ts < parseDateTime64BestEffort({to:String}, 3, 'UTC')
        -- The column: `nav` alone would be the alias above, which is never NULL.
        AND equity_curve.nav IS NOT NULL
)
ORDER BY ts, tick;
