-- curve_1m, curve_1h, curve_1d(account_id, from, to): an account's curve by UTC minute, UTC hour and session day, the
-- columns of equity_1m without the account's. `from` inclusive, `to` exclusive, of `ts`: the beginning of the minute or
-- hour, midnight UTC of a session's date. Times are dates or ISO 8601, in UTC.
--
-- As corrected, a bucket is of one version: that of its beginning, since no correction begins within one (of a session
-- day: within its first row). Rows of a rebase that is not in corrections yet are what there is of their time.
CREATE OR REPLACE VIEW curve_@level@reading AS
WITH
    parseDateTime64BestEffort({from:String}, 3, 'UTC') AS since,
    parseDateTime64BestEffort({to:String}, 3, 'UTC') AS until,
    (SELECT groupUniqArray((from_ts, rebase)) FROM corrections WHERE account_id = {account_id:String}) AS rebases
SELECT
    ts,
    @include rollup_columns()
FROM
(
    SELECT
        ts,
        epoch,
        @include rollup_states()
    FROM
    (
        SELECT *, min(open.1) OVER (PARTITION BY ts) AS begun
        FROM equity_@level_states
        WHERE account_id = {account_id:String} AND ts >= since AND ts < until
    ) AS states
    WHERE if(
        '@reading' = '_as_recorded',
        corrected = 0,
        (corrected = 0 AND (empty(rebases) OR rebase > arrayMax(arrayMap(each -> each.2, rebases))))
            OR rebase = arrayMax(arrayMap(each -> if(each.1 <= begun, each.2, 0), rebases)))
    GROUP BY ts, epoch
);
