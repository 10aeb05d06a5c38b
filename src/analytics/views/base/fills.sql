-- fills(account_id, from, to): the fills and transfers in kind of an account, as corrected: none that was voided. Columns
-- of `settlements`; what one realized is what it realized when it was applied (positions has it without what was voided
-- before it). `from` inclusive, `to` exclusive; times are dates or ISO 8601, in UTC.
CREATE OR REPLACE VIEW fills AS
SELECT *
FROM settlements
WHERE account_id = {account_id:String}
    AND kind != 'void'
    AND (sequence, idx) NOT IN
    (
        SELECT (sequence, idx) FROM (@include voided(table = settlements, area = settlements))
    )
    AND ts >= parseDateTime64BestEffort({from:String}, 3, 'UTC')
    AND ts < parseDateTime64BestEffort({to:String}, 3, 'UTC');
