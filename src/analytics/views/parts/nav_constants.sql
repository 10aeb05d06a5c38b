-- In a WITH of a view with the parameters account_id, from and to. Constants: what they exclude is not read. Each subquery
-- is analysed again in every SELECT that mentions it, so conditions stand behind a UNION ALL rather than in its branches.
-- are_few: there are at most @few rows in the range.
parseDateTime64BestEffort({from:String}, 3, 'UTC') AS since,
parseDateTime64BestEffort({to:String}, 3, 'UTC') AS until,
(SELECT groupUniqArray((from_ts, rebase)) FROM corrections WHERE account_id = {account_id:String}) AS rebases,
(
    SELECT sum(rows) <= @few
    FROM equity_1h_states
    WHERE account_id = {account_id:String} AND corrected = 0 AND ts > since - INTERVAL 1 HOUR AND ts < until
) AS are_few,
(SELECT min(ts) FROM (SELECT ts FROM equity_curve WHERE account_id = {account_id:String} ORDER BY account_id, ts LIMIT 1)) AS oldest_row
