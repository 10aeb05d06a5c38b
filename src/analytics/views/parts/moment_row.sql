-- What of an account's events belongs to the moment @at: what is in the last row of the curve before it, by the row's
-- `sequence`, so that events and equity agree: an event of the row's second that came behind its tick is not in it. The
-- curve is corrected through what its rebases cover, so voids count as if their target had never been up to there. One row.
SELECT
    toDateTime64('2299-12-31 00:00:00', 3, 'UTC') AS until_ts,
    max(sequence) AS last_sequence,
    max(tick) AS last_tick,
    if('@reading' = '', (SELECT max(of) FROM corrections WHERE account_id = {account_id:String}), 0) AS voids_through
FROM (@include curve_last@reading(at = @at, by = row))
