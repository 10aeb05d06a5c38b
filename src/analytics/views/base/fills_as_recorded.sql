-- fills_as_recorded(account_id, from, to): the fills and transfers in kind of an account as they came; a void is a row of
-- its own (kind `void`, `of` the id it takes back) that takes back what its fill did. `from` inclusive, `to` exclusive.
CREATE OR REPLACE VIEW fills_as_recorded AS
SELECT *
FROM settlements
WHERE account_id = {account_id:String}
    AND ts >= parseDateTime64BestEffort({from:String}, 3, 'UTC')
    AND ts < parseDateTime64BestEffort({to:String}, 3, 'UTC');
