-- curve(account_id, from, to): the rows of an account's curve as corrected: at any time those of the newest rebase that
-- reaches back so far. `from` inclusive, `to` exclusive; times are dates or ISO 8601, in UTC.
-- What was recorded under a rebase that is not in corrections yet is all there is of its time: it shows.
CREATE OR REPLACE VIEW curve AS
WITH
    parseDateTime64BestEffort({from:String}, 3, 'UTC') AS since,
    parseDateTime64BestEffort({to:String}, 3, 'UTC') AS until,
    -- Constants; none for most accounts, and then neither the conditions nor the second table cost anything.
    (SELECT groupUniqArray((from_ts, rebase)) FROM corrections WHERE account_id = {account_id:String}) AS rebases,
    arrayMax(arrayMap(each -> each.2, rebases)) AS newest
SELECT *
FROM equity_curve
WHERE account_id = {account_id:String} AND ts >= since AND ts < until
    AND (empty(rebases) OR rebase > newest OR rebase = arrayMax(arrayMap(each -> if(each.1 <= ts, each.2, 0), rebases)))
UNION ALL
SELECT *
FROM curve_corrections
WHERE account_id = {account_id:String} AND ts >= since AND ts < until
    AND notEmpty(rebases) AND rebase = arrayMax(arrayMap(each -> if(each.1 <= ts, each.2, 0), rebases));
