-- equity_history(account_id, from, to, points): an account's curve for a chart, at most `points` rows, each as it stands in
-- the curve: chosen over total_equity by largest triangles in three buckets; the first and the last row, the highest and
-- the lowest of equity and of nav are among them. `from` inclusive, `to` exclusive, dates or ISO 8601 in UTC.
-- Up to 200,000 rows are chosen from; beyond, the last rows of minutes (up to 31 days) or hours.
--
-- The rows are read once: gathered, chosen from, and told by the set of the times that were chosen.
CREATE OR REPLACE VIEW equity_history@reading AS
WITH
@include nav_constants(few = 200000),
    (
        SELECT if(count() = 0, until, min(ts))
        FROM (SELECT ts FROM equity_1m_states WHERE account_id = {account_id:String} ORDER BY account_id, ts LIMIT 1)
    ) AS oldest_minute
SELECT
    each.1 AS ts,
    each.3 AS total_equity,
    each.4 AS nav,
    each.5 AS cash_balance,
    each.6 AS position_value,
    each.7 AS unrealized_pnl,
    each.8 AS realized_pnl,
    each.9 AS fees,
    each.10 AS income,
    each.11 AS net_flow,
    each.12 AS drawdown,
    each.13 AS epoch,
    each.14 AS sequence
FROM
(
    SELECT arrayJoin(arrayFilter(row -> bitmapContains(chosen, toUInt64(toUnixTimestamp64Milli(row.1))), rows)) AS each
    FROM
    (
        SELECT
            groupArray((@include history_columns())) AS rows,
            bitmapBuild(arrayMap(time -> toUInt64(toUnixTimestamp64Milli(time)), arraySlice(arrayDistinct(arrayConcat(
                [min(ts), max(ts), argMax(ts, total_equity), argMin(ts, total_equity)],
                arrayFilter(time -> time > toDateTime64(0, 3, 'UTC'), [argMax(ts, nav), argMin(ts, nav)]),
                arrayMap(point -> point.1, largestTriangleThreeBuckets(toUInt64(greatest({points:UInt32}, 7) - 4))(ts, total_equity))
            )), 1, {points:UInt32}))) AS chosen
        FROM
        (
            SELECT
                last.ts AS ts,
                last.tick AS tick,
                last.total_equity AS total_equity,
                last.nav AS nav,
                last.cash_balance AS cash_balance,
                last.position_value AS position_value,
                last.unrealized_pnl AS unrealized_pnl,
                last.realized_pnl AS realized_pnl,
                last.fees AS fees,
                last.income AS income,
                last.net_flow AS net_flow,
                last.drawdown AS drawdown,
                epoch,
                last.sequence AS sequence
            FROM
            (
                SELECT last, open, epoch, rebase, corrected
                FROM equity_1m_states FINAL
                WHERE account_id = {account_id:String} AND ts > since - INTERVAL 1 HOUR AND ts < until
                    AND until <= since + INTERVAL 31 DAY
                UNION ALL
                SELECT last, open, epoch, rebase, corrected
                FROM equity_1h_states FINAL
                WHERE account_id = {account_id:String} AND ts > since - INTERVAL 1 HOUR AND ts < until
                    AND (until > since + INTERVAL 31 DAY OR last.ts < oldest_minute)
            )
            WHERE last.ts >= since AND last.ts < until AND (NOT are_few OR open.1 < oldest_row)
                AND (@include is_history@reading(ts = open.1))
            UNION ALL
            SELECT @include history_columns()
            FROM
            (
                SELECT @include history_columns(), rebase, 0 AS corrected
                FROM equity_curve
                WHERE account_id = {account_id:String} AND ts >= since AND ts < until
                UNION ALL
                SELECT @include history_columns(), rebase, 1 AS corrected
                FROM curve_corrections
                WHERE account_id = {account_id:String} AND ts >= since AND ts < until
            )
            -- Of too many rows the first, and those that the highest and the lowest hours name.
            WHERE (@include is_history@reading(ts = ts))
                AND (are_few OR ts IN (
                    SELECT arrayJoin([
                        max(highest_equity).2, min(lowest_equity).2, max(highest_nav).2, min(lowest_nav).2, min(open.1)])
                    FROM equity_1h_states FINAL
                    WHERE account_id = {account_id:String} AND ts >= since - INTERVAL 1 HOUR AND ts < until
                        AND open.1 >= since AND last.ts < until AND highest_nav.1 >= 0
                        AND (@include is_history@reading(ts = open.1))
                ))
        )
    )
)
ORDER BY ts, each.2 DESC
LIMIT 1 BY ts
@include light_analysis();
