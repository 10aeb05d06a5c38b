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
CREATE OR REPLACE VIEW drawdown_episodes AS
WITH
    curve AS
    (
        SELECT
            epoch,
            ts,
            tick,
            assumeNotNull(nav) AS close,
            least(close, ifNull(nav_low, close)) AS low,
            greatest(close, ifNull(nav_high, close)) AS high,
            ifNull(worst_drawdown, 0) AS worst
        FROM equity_curve
        WHERE account_id = {account_id:String}
            AND ts >= parseDateTime64BestEffort({from:String}, 3, 'UTC')
            AND ts < parseDateTime64BestEffort({to:String}, 3, 'UTC')
            AND nav IS NOT NULL
    ),
    against_peak AS
    (
        SELECT
            *,
            max(toNullable(high)) OVER (
                PARTITION BY epoch ORDER BY ts, tick ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS old_peak,
            ifNull(high >= old_peak, 1) AS is_peak,
            if(ifNull(old_peak, 0) > 0, low / assumeNotNull(old_peak) - 1, 0) AS below_old_peak,
            if(high > 0, close / high - 1, 0) AS close_below_high,
            least(below_old_peak, close_below_high, greatest(worst, if(high > 0, low / high - 1, 0))) AS row_worst,
            row_worst < below_old_peak - 1e-12 AS worst_is_behind_high
        FROM curve
    ),
    grouped AS
    (
        SELECT
            epoch,
            ts,
            is_peak,
            if(is_peak, if(worst_is_behind_high, row_worst, close_below_high), below_old_peak) AS fall,
            if(is_peak AND NOT worst_is_behind_high, below_old_peak, 0) AS fall_before_peak,
            sum(is_peak) OVER (PARTITION BY epoch ORDER BY ts, tick ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS peak
        FROM against_peak
    ),
    peaks AS
    (
        SELECT
            epoch,
            peak,
            min(ts) AS peak_ts,
            max(ts) AS last_ts,
            min((fall, ts)) AS deepest,
            minIf(fall_before_peak, is_peak) AS fall_before_peak
        FROM grouped
        GROUP BY epoch, peak
    ),
    episodes AS
    (
        SELECT
            peak_ts,
            last_ts,
            deepest,
            leadInFrame(toNullable(peak_ts)) OVER following AS recovery_ts,
            (leadInFrame(fall_before_peak) OVER following, ifNull(recovery_ts, last_ts)) AS deepest_at_recovery,
            least(deepest, deepest_at_recovery) AS trough,
            trough.1 AS depth,
            trough.2 AS trough_ts
        FROM peaks
        WINDOW following AS (PARTITION BY epoch ORDER BY peak ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
    )
SELECT
    peak_ts,
    trough_ts,
    recovery_ts,
    depth,
    dateDiff('millisecond', peak_ts, trough_ts) / 1000 AS decline_seconds,
    dateDiff('millisecond', trough_ts, recovery_ts) / 1000 AS recovery_seconds,
    dateDiff('millisecond', peak_ts, ifNull(recovery_ts, last_ts)) / 1000 AS length_seconds
FROM episodes
WHERE depth < 0 AND depth <= 1e-12 - abs({min_depth:Float64})
ORDER BY depth, peak_ts;
