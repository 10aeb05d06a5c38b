-- recovery(account_id, at): how far an account was from its peak at a moment: the last nav by then, the peak of its epoch
-- until then and when it was reached (the last time), the gain that is needed to be there again, and the days since.
-- Highs of days, hours and the rows of the last hours say the same of a peak, so each is asked for where it is cheap.
CREATE OR REPLACE VIEW recovery@reading AS
WITH
    parseDateTime64BestEffort({at:String}, 3, 'UTC') AS moment,
    (SELECT groupUniqArray((from_ts, rebase)) FROM corrections WHERE account_id = {account_id:String}) AS rebases
SELECT
    last_ts AS ts,
    nav,
    peak_nav,
    if(peak_nav > 0, nav / peak_nav - 1, 0) AS drawdown,
    if(nav > 0, peak_nav / nav - 1, NULL) AS gain_needed,
    peak_ts,
    if(nav < peak_nav, peak_ts, NULL) AS under_water_since,
    if(nav < peak_nav, dateDiff('millisecond', peak_ts, moment) / 86400000, 0) AS days_under_water
FROM
(
    SELECT epoch, max(last) AS final, final.1 AS last_ts, final.3 AS nav, max(high).1 AS peak_nav, max(high).2 AS peak_ts
    FROM
    (
        SELECT epoch, highest_nav AS high, (last.ts, last.tick, assumeNotNull(last.nav)) AS last
        FROM
        (
            SELECT epoch, rebase, corrected, open, last, highest_nav
            FROM equity_1d_states FINAL
            WHERE account_id = {account_id:String} AND ts <= moment + INTERVAL 2 DAY AND last.ts <= moment
            UNION ALL
            SELECT epoch, rebase, corrected, open, last, highest_nav
            FROM equity_1h_states FINAL
            WHERE account_id = {account_id:String} AND ts > moment - INTERVAL 3 DAY AND last.ts <= moment
        )
        WHERE highest_nav.1 >= 0 AND (@include is_history@reading(ts = open.1))
        UNION ALL
        SELECT epoch, (greatest(assumeNotNull(nav), ifNull(nav_high, assumeNotNull(nav))), ts), (ts, tick, assumeNotNull(nav))
        FROM
        (
            SELECT epoch, ts, tick, rebase, 0 AS corrected, nav, nav_high
            FROM equity_curve
            WHERE account_id = {account_id:String} AND ts >= toStartOfHour(moment) AND ts <= moment AND nav IS NOT NULL
            UNION ALL
            SELECT epoch, ts, tick, rebase, 1 AS corrected, nav, nav_high
            FROM curve_corrections
            WHERE account_id = {account_id:String} AND ts >= toStartOfHour(moment) AND ts <= moment AND nav IS NOT NULL
        )
        WHERE (@include is_history@reading(ts = ts))
    )
    GROUP BY epoch
    ORDER BY final DESC
    LIMIT 1
)
@include light_analysis();
