-- drawdown(account_id, from, to): how far below its peak an account was, row by row; beyond 200,000 rows hour by hour, with
-- the same figures at the same times. The peak is the running maximum of nav within the range asked for (`from`
-- inclusive, `to` exclusive), per epoch: after a wipe-out a new epoch begins and is measured by itself. Times are dates
-- or ISO 8601, in UTC.
CREATE OR REPLACE VIEW drawdown@reading AS
WITH
@include nav_constants(few = 200000)
SELECT ts, close AS nav, peak AS peak_nav, if(peak > 0, close / peak - 1, 0) AS drawdown
FROM
(
    SELECT ts, tick, close, max(high) OVER (
        PARTITION BY epoch ORDER BY ts, tick ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS peak
    FROM
    (
@include nav_coarse()
    )
)
ORDER BY ts, tick
@include light_analysis();
