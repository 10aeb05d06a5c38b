-- rolling_drawdown(account_id, from, to, window_seconds): at every row, the worst fall from a peak to a later low that both
-- lie within the trailing window (ts - window_seconds, ts]; beyond 200,000 rows, hour by hour. `from` inclusive, `to`
-- exclusive; windows begin within the range, too.
--
-- Time is cut into blocks as long as the window, so that a window is the end of one block and the beginning of the next.
-- Of each row is known the worst fall, the high and the low from its block's beginning and to its block's end; two such
-- halves make a window: the worst of theirs, and of the first's high against the second's low. An epoch is by itself.
CREATE OR REPLACE VIEW rolling_drawdown@reading AS
WITH
@include nav_constants(few = 200000),
    falls AS
    (
        SELECT
            *,
            -- Within the row itself: what is certain, and what its ticks said as far as the row allows it.
            if(high > 0, least(close / high - 1, greatest(worst, low / high - 1)), 0) AS inside,
            max(high) OVER up_to_here AS high_so_far,
            min(low) OVER up_to_here AS low_so_far,
            max(high) OVER before AS high_before,
            max(high) OVER from_here AS high_from_here,
            min(low) OVER after AS low_after,
            count() OVER after AS rows_after
        FROM
        (
            SELECT *, intDiv(toUnixTimestamp64Milli(ts), 1000 * {window_seconds:UInt64}) AS block
            FROM
            (
@include nav_coarse()
            )
        )
        WINDOW
            up_to_here AS (PARTITION BY epoch, block ORDER BY ts, tick ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
            before AS (PARTITION BY epoch, block ORDER BY ts, tick ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            from_here AS (PARTITION BY epoch, block ORDER BY ts, tick ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
            after AS (PARTITION BY epoch, block ORDER BY ts, tick ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
    ),
    halves AS
    (
        SELECT
            epoch,
            block,
            ts,
            tick,
            low_so_far,
            high_from_here,
            min(least(inside, if(high_before > 0, low / high_before - 1, 0))) OVER (
                PARTITION BY epoch, block ORDER BY ts, tick ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS worst_so_far,
            min(least(inside, if(rows_after > 0 AND high > 0, low_after / high - 1, 0))) OVER (
                PARTITION BY epoch, block ORDER BY ts, tick ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS worst_from_here
        FROM falls
    )
SELECT
    ending.ts AS ts,
    if(beginning.high_from_here > 0,
        least(ending.worst_so_far, beginning.worst_from_here, ending.low_so_far / beginning.high_from_here - 1),
        ending.worst_so_far) AS drawdown
FROM (SELECT *, block - 1 AS block_before, ts - toIntervalSecond({window_seconds:UInt64}) AS out_of_window FROM halves) AS ending
ASOF LEFT JOIN halves AS beginning
    ON ending.epoch = beginning.epoch AND ending.block_before = beginning.block AND ending.out_of_window < beginning.ts
ORDER BY ending.ts, ending.tick
@include light_analysis();
