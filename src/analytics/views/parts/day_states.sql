-- Rows of equity_1d_states of an account that are its history as corrected. A session day is of the version of its
-- beginning, since no correction begins within one. Rows of a rebase that is not in corrections yet are what there is of
-- their time.
WITH (SELECT groupUniqArray((from_ts, rebase)) FROM corrections WHERE account_id = {account_id:String}) AS rebases
SELECT ts, epoch, open, last
FROM
(
    SELECT ts, epoch, rebase, corrected, open, last, min(open.1) OVER (PARTITION BY ts) AS begun
    FROM equity_1d_states
    WHERE account_id = {account_id:String}
)
WHERE (corrected = 0 AND (empty(rebases) OR rebase > arrayMax(rebases.2)))
    OR rebase = arrayMax(arrayMap(each -> if(each.1 <= begun, each.2, 0), rebases))
