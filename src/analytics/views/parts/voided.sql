-- The events of an account in @table (settlements or cash_flows) that were voided, each with its void. An id may come
-- again long after it was voided: a void is of the last event of its id before it.
SELECT
    '@area' AS area, target.symbol AS symbol, target.sequence AS sequence, target.idx AS idx, target.ts AS ts,
    void.sequence AS void_sequence, void.idx AS void_idx, void.ts AS void_ts
FROM @table AS target
INNER JOIN
(
    SELECT of, sequence, idx, ts FROM @table WHERE account_id = {account_id:String} AND kind = 'void'
) AS void ON target.id = void.of
WHERE target.account_id = {account_id:String}
    AND target.kind != 'void'
    AND (target.sequence, target.idx) < (void.sequence, void.idx)
ORDER BY target.sequence DESC, target.idx DESC
LIMIT 1 BY void.sequence, void.idx
