-- An account's cash by currency at the moment @at (by as in moment_@by), in minor units. Every leg of every event that
-- counts then: a void takes its target out, a flow that was dated back counts, as corrected, from when it took effect.
-- A margined position has paid what it realized, which is what its fills would have without what is left out.
SELECT currency, toInt64(sum(leg)) AS amount
FROM
(
    SELECT pair.1 AS currency, pair.2 AS leg
    FROM
    (
        SELECT arrayJoin([
            (toString(currency), cash_effect - if(margined, realized, 0)),
            (toString(fee_currency), if(fee_currency != currency, -fee, 0))
        ]) AS pair
        FROM
        (
            SELECT *, (sequence, idx) AS place, symbol IN (SELECT symbol FROM instruments WHERE style = 'margined') AS margined
            FROM settlements
            WHERE account_id = {account_id:String} AND kind != 'void'
        ) AS fills
        CROSS JOIN (@include moment_@by(at = @at, by = @by)) AS moment
        WHERE ts <= until_ts AND sequence <= last_sequence
            AND place NOT IN
            (
                SELECT arrayJoin(left_out) FROM (@include void_islands(at = @at, by = @by))
            )
    )
    UNION ALL
    SELECT currency, realized AS leg
    FROM (@include position_states(at = @at, by = @by))
    WHERE style = 'margined'
    UNION ALL
    SELECT pair.1 AS currency, pair.2 AS leg
    FROM
    (
        SELECT arrayJoin([
            (toString(currency), cash_effect),
            (toString(to_currency), if(kind = 'conversion', to_amount, 0))
        ]) AS pair
        FROM
        (
            SELECT
                *,
                (sequence, idx) AS place,
                -- When it counts: as recorded when it was booked.
                if('@reading' = '' AND ifNull(effective_at < ts, 0), assumeNotNull(effective_at), ts) AS since
            FROM cash_flows
            WHERE account_id = {account_id:String} AND kind != 'void'
        ) AS flows
        CROSS JOIN (@include moment_@by(at = @at, by = @by)) AS moment
        WHERE since <= until_ts AND sequence <= last_sequence
            AND place NOT IN
            (
                SELECT (sequence, idx)
                FROM (@include voided(table = cash_flows, area = cash)) AS voided
                CROSS JOIN (@include moment_@by(at = @at, by = @by)) AS moment
                WHERE void_sequence <= voids_through OR (void_ts <= until_ts AND void_sequence <= last_sequence)
            )
    )
)
WHERE currency != ''
GROUP BY currency
ORDER BY currency
