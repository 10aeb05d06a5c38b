-- flows_as_recorded(account_id, from, to): what came into an account from outside and went out of it, each when it was
-- booked; a void is a row of its own that takes its flow back. `from` inclusive, `to` exclusive, in UTC.
CREATE OR REPLACE VIEW flows_as_recorded AS
SELECT ts, ts AS booked_ts, id, kind, assumeNotNull(flow_base) AS amount
FROM flow_effects
WHERE account_id = {account_id:String}
    AND flow_base != 0
    AND ts >= parseDateTime64BestEffort({from:String}, 3, 'UTC')
    AND ts < parseDateTime64BestEffort({to:String}, 3, 'UTC');
