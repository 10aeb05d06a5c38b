-- drawdown_episodes(account_id, from, to, min_depth): every fall from a peak to its recovery, deepest first.
-- min_depth of either sign: 0.05 and -0.05 both ask for episodes of 5 % and more.
--
-- A peak is a row whose high reaches or passes every high before it (in the range, in its epoch): a peak begins a
-- group, the rows below it follow, the next peak is the recovery (equality is recovery).
--
-- A row is the end of a period, with the low and the high inside it. In a row below the peak the fall is
-- low / peak - 1. In the row of a new peak the low may lie before the high (then it belongs to the fall that ends
-- here) or behind it (then to the fall that begins here). worst_drawdown, measured tick by tick, tells which: deeper
-- than low / old peak - 1, it can only be behind the high. It is measured against the peak since the epoch began, which
-- may lie before the range: so it counts at most for low / high - 1, the deepest that the row itself allows. What is
-- certain of a row always counts: its close below its high, its low below the old peak.
CREATE OR REPLACE VIEW drawdown_episodes@reading AS
WITH
@include nav_constants(few = 20000)
SELECT
    peak_ts,
    trough.2 AS trough_ts,
    recovery_ts,
    trough.1 AS depth,
    dateDiff('millisecond', peak_ts, trough.2) / 1000 AS decline_seconds,
    dateDiff('millisecond', trough.2, recovery_ts) / 1000 AS recovery_seconds,
    dateDiff('millisecond', peak_ts, ifNull(recovery_ts, last_ts)) / 1000 AS length_seconds
FROM
(
    SELECT peak_ts, last_ts, recovery_ts, least(deepest, (next_fall, ifNull(recovery_ts, last_ts))) AS trough
    FROM
    (
        SELECT
            peak_ts,
            last_ts,
            deepest,
            leadInFrame(toNullable(peak_ts)) OVER following AS recovery_ts,
            leadInFrame(fall_before_peak) OVER following AS next_fall
        FROM
        (
            SELECT
                epoch,
                climb,
                minIf(at, is_peak) AS peak_ts,
                max(ts) AS last_ts,
                min((
                    multiIf(
                        NOT is_peak, below_old_peak,
                        -- Behind the high.
                        below_high < below_old_peak - 1e-12, below_high,
                        close_below_high),
                    if(is_peak, ts, at)
                )) AS deepest,
                minIf(below_old_peak, is_peak AND below_high >= below_old_peak - 1e-12) AS fall_before_peak
            FROM
            (
                SELECT
                    epoch,
                    ts,
                    close_below_high,
                    below_high,
                    high >= old_peak AS is_peak,
                    if(high >= old_peak, high_ts, low_ts) AS at,
                    if(old_peak > 0, low / old_peak - 1, 0) AS below_old_peak,
                    sum(high >= old_peak) OVER (
                        PARTITION BY epoch ORDER BY ts, tick ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS climb
                FROM
                (
                    SELECT
                        epoch,
                        ts,
                        tick,
                        high,
                        low,
                        high_ts,
                        low_ts,
                        if(high > 0, close / high - 1, 0) AS close_below_high,
                        if(high > 0, least(close / high - 1, greatest(worst, low / high - 1)), 0) AS below_high,
                        max(high) OVER (
                            PARTITION BY epoch ORDER BY ts, tick ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS old_peak
                    FROM
                    (
@include nav_exact()
                    )
                )
            )
            GROUP BY epoch, climb
        )
        WINDOW following AS (PARTITION BY epoch ORDER BY climb ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
    )
)
WHERE trough.1 < 0 AND trough.1 <= 1e-12 - abs({min_depth:Float64})
ORDER BY depth, peak_ts
@include light_analysis();
