-- The last row of an account's curve as it was written, at or before @at (by = time) or before it (by = row); no row where
-- there is none. Reads from the end.
SELECT *
FROM equity_curve
WHERE account_id = {account_id:String}
    AND ts <= parseDateTime64BestEffort(@at, 3, 'UTC') - toIntervalMillisecond('@by' = 'row')
ORDER BY ts DESC, tick DESC
LIMIT 1
