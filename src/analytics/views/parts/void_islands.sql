-- Symbols of an account of which a fill is left out at a moment (as moment_@by has it), with the places (sequence,
-- idx) of those fills, and with the place from which the symbol's fills must be made again to tell its position: the
-- first voided fill whose void is still to come, or, where a void before the moment is of a fill before that one,
-- that fill. A start above every place: the last row tells.
WITH toUInt64(18446744073709551615) AS never
SELECT
    symbol,
    groupArray(place) AS left_out,
    arrayFold(
        (start, pair) -> if(pair.1 > start AND pair.2 < start, pair.2, start),
        arrayReverseSort(groupArray((void_place, place))),
        (never, toUInt32(0))
    ) AS start
FROM
(
    SELECT
        symbol,
        (sequence, idx) AS place,
        void_ts <= until_ts AND void_sequence <= last_sequence AS is_over,
        if(is_over, (void_sequence, void_idx), (never, toUInt32(1))) AS void_place
    FROM (@include voided(table = settlements, area = settlements)) AS voided
    CROSS JOIN (@include moment_@by(at = @at, by = @by)) AS moment
    WHERE voided.ts <= until_ts AND sequence <= last_sequence
        AND (is_over OR void_sequence <= voids_through)
)
GROUP BY symbol
