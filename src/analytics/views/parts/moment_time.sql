-- What of an account's events belongs to the moment @at: what happened at or before it. One row.
SELECT
    parseDateTime64BestEffort(@at, 3, 'UTC') AS until_ts,
    toUInt64(18446744073709551615) AS last_sequence,
    toUInt64(18446744073709551615) AS last_tick,
    -- Voids up to this LEDGER sequence are as if their target had never been; the others count when they came.
    if('@reading' = '', toUInt64(18446744073709551615), 0) AS voids_through
