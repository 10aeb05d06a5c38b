-- The last row of an account's curve as corrected, at or before @at (by = time) or before it (by = row); no row where there
-- is none. Reads from the end: it costs the same however long the curve is.
WITH
    parseDateTime64BestEffort(@at, 3, 'UTC') - toIntervalMillisecond('@by' = 'row') AS until,
    (SELECT groupUniqArray((from_ts, rebase)) FROM corrections WHERE account_id = {account_id:String}) AS rebases
SELECT *
FROM
(
    SELECT *
    FROM
    (
        SELECT *
        FROM equity_curve
        WHERE account_id = {account_id:String} AND ts <= until
            AND (
                empty(rebases) OR rebase > arrayMax(arrayMap(each -> each.2, rebases))
                OR rebase = arrayMax(arrayMap(each -> if(each.1 <= ts, each.2, 0), rebases))
            )
        ORDER BY ts DESC, tick DESC
        LIMIT 1
    )
    UNION ALL
    SELECT *
    FROM
    (
        SELECT *
        FROM curve_corrections
        WHERE account_id = {account_id:String} AND ts <= until
            AND rebase = arrayMax(arrayMap(each -> if(each.1 <= ts, each.2, 0), rebases))
        ORDER BY ts DESC, tick DESC
        LIMIT 1
    )
)
ORDER BY ts DESC, tick DESC
LIMIT 1
