-- What of `effects` may have moved an account's units.
SELECT
    account_id, ts, sequence, idx, id, kind,
    multiIf(kind = 'void', splitByChar('.', subject)[1], kind = 'transfer', 'settlements', 'cash') AS area,
    if(kind = 'void', detail, '') AS of,
    effective_at, amount, currency, flow_base
FROM effects
WHERE (kind IN ('deposit', 'withdrawal', 'transfer') OR (kind IN ('conversion', 'void', 'booked') AND flow_base != 0))
