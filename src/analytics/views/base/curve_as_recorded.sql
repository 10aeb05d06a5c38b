-- curve_as_recorded(account_id, from, to): the rows of an account's curve as they were written, `from` inclusive, `to`
-- exclusive. Times are dates or ISO 8601, in UTC.
CREATE OR REPLACE VIEW curve_as_recorded AS
SELECT *
FROM equity_curve
WHERE account_id = {account_id:String}
    AND ts >= parseDateTime64BestEffort({from:String}, 3, 'UTC')
    AND ts < parseDateTime64BestEffort({to:String}, 3, 'UTC');
