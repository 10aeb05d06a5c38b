-- flows(account_id, from, to): what came into an account from outside and went out of it, as corrected: each flow when it
-- took effect, none that was voided. amount is in minor units of the account's base currency, signed; one that waits for
-- a rate is no flow yet. `from` inclusive, `to` exclusive; times are dates or ISO 8601, in UTC.
CREATE OR REPLACE VIEW flows AS
WITH
    -- Constants, and empty for most accounts.
    (
        SELECT groupUniqArray((area, of)) FROM flow_effects WHERE account_id = {account_id:String} AND kind = 'void'
    ) AS voided,
    -- Of a flow that was booked late and then voided, the late booking: the first one of its amount behind it.
    (
        SELECT groupUniqArray(booking)
        FROM
        (
            SELECT min((late.ts, late.sequence, late.currency, late.amount)) AS booking
            FROM flow_effects AS late
            INNER JOIN flow_effects AS target
                ON target.account_id = late.account_id AND target.currency = late.currency
            WHERE late.account_id = {account_id:String} AND late.kind = 'booked'
                AND target.flow_base IS NULL AND has(voided, (target.area, target.id))
                AND abs(late.amount) = abs(target.amount) AND late.ts >= target.ts AND late.sequence >= target.sequence
            GROUP BY target.sequence, target.idx
        )
    ) AS voided_bookings
SELECT
    if(ifNull(effects.effective_at < effects.ts, 0), assumeNotNull(effects.effective_at), effects.ts) AS ts,
    effects.ts AS booked_ts,
    id,
    kind,
    assumeNotNull(flow_base) AS amount
FROM flow_effects AS effects
WHERE account_id = {account_id:String}
    AND kind != 'void'
    AND flow_base != 0
    AND NOT has(voided, (area, id))
    AND NOT (kind = 'booked' AND has(voided_bookings, (effects.ts, sequence, currency, effects.amount)))
    AND ts >= parseDateTime64BestEffort({from:String}, 3, 'UTC')
    AND ts < parseDateTime64BestEffort({to:String}, 3, 'UTC');
