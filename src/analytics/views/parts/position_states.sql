-- Each symbol that an account traded until a moment (as moment_@by has it), with quantity, cost and realized P&L in
-- minor units of its currency, and realized P&L as booked in base.
--
-- As a rule that is what the symbol's last fill recorded. Where a fill was voided, and the moment lies between it and
-- its void, the symbol's fills from the voided one on are made again without it, by the rules of a position: exactly,
-- in integers of 256 bits (quantities and prices at 12 decimals), rounded half to even. What was recorded of the
-- position just before is where that begins. It costs some 0.1 ms a fill in between.
WITH
    (toUInt64(18446744073709551615), toUInt32(0)) AS never,
    toInt256('1000000000000000000000000000000000000') AS value_scale,
    ((n, d) -> if(n < 0, -1, 1) * (
        intDiv(2 * toInt256(abs(n)) + d, 2 * d)
        - ((modulo(2 * toInt256(abs(n)) + d, 2 * d) = 0) AND (modulo(intDiv(2 * toInt256(abs(n)) + d, 2 * d), 2) = 1))
    )) AS half_even,
    -- In base as booked, or at the rate of then where a fill realizes something else now.
    ((gain, step) -> if(
        gain = step.4 AND step.5 IS NOT NULL,
        toInt256(ifNull(step.5, 0)),
        toInt256(roundBankers(toFloat64(gain) * ifNull(step.6, 0)))
    )) AS in_base
SELECT
    symbol,
    currency,
    style,
    multiplier,
    value_factor,
    reinterpret(toInt128(state.1), 'Decimal(38, 12)') AS quantity,
    toInt64(state.2) AS cost,
    toInt64(state.3) AS realized,
    toInt64(state.4) + booked_late AS realized_base
FROM
(
    SELECT
        symbol,
        currency,
        style,
        multiplier,
        value_factor,
        booked_late,
        arrayMap(
            part -> (
                part.3,
                @include half_even(over = part.3 * part.4 * value_factor, under = value_scale),
                part.4 * value_factor, part.5, part.6, part.7
            ),
            parts
        ) AS steps,
        -- Of (quantity, cost, realized, realized in base) and a step. What a step realizes is nothing where it opens; what it
        -- pays less the cost it releases where it reduces; and, through zero, what closing all of it pays less all of the
        -- cost. In all three cases cost goes up by the step's value and by what it realizes.
        arrayFold(
            (state, step) -> arrayMap(
                gain -> (state.1 + step.1, state.2 + step.2 + gain, state.3 + gain, state.4 + in_base(gain, step)),
                [multiIf(
                    state.1 = 0 OR (state.1 > 0) = (step.1 > 0), toInt256(0),
                    abs(step.1) <= abs(state.1),
                    -step.2 - half_even(state.2 * toInt256(abs(step.1)), greatest(toInt256(abs(state.1)), toInt256(1))),
                    -half_even(-state.1 * step.3, value_scale) - state.2
                )]
            )[1],
            steps,
            (toInt256(before.1), toInt256(before.2), toInt256(before.3), toInt256(base_before))
        ) AS state
    FROM
    (
        SELECT
            grouped.symbol AS symbol,
            grouped.currency AS currency,
            grouped.before AS before,
            grouped.base_before AS base_before,
            grouped.booked_late AS booked_late,
            grouped.parts AS parts,
            if(known.style = '', 'spot', known.style) AS style,
            if(known.style = '', toDecimal128(1, 12), known.multiplier) AS multiplier,
            -- What makes minor units of quantity x price, all at 12 decimals.
            toInt256(reinterpretAsInt128(multiplier)) * toInt256(exp10(multiIf(
                known.style != '', known.exponent, exponents.currency != '', exponents.exponent, 2
            ))) AS value_factor
        FROM
        (
            SELECT
                symbol,
                anyIf(currency, kind != 'booked') AS currency,
                if(
                    any(start) = never,
                    argMaxIf((reinterpretAsInt128(quantity_after), cost_after, position_realized), place, kind != 'booked'),
                    argMinIf(
                        (reinterpretAsInt128(quantity_before), cost_before, position_realized - realized),
                        place, kind != 'booked' AND place >= start
                    )
                ) AS before,
                sumIf(ifNull(realized_base, 0), kind != 'booked' AND place < start) AS base_before,
                sumIf(ifNull(realized_base, 0), kind = 'booked') AS booked_late,
                -- A fee in kind is sold after its fill, at its price.
                arraySort(groupArrayArrayIf(
                    if(
                        fee_quantity = 0,
                        [(place, 1, change, price_units, realized, realized_base, rate)],
                        [
                            (place, 1, change, price_units, realized, NULL, rate),
                            (place, 2, toInt256(-reinterpretAsInt128(fee_quantity)), price_units, realized, NULL, rate)
                        ]
                    ),
                    is_counted AND place >= start
                )) AS parts
            FROM
            (
                SELECT
                    *,
                    (sequence, idx) AS place,
                    if(island = '', never, island_start) AS start,
                    kind NOT IN ('void', 'booked') AND NOT has(left_out, place) AS is_counted,
                    toInt256(reinterpretAsInt128(quantity)) * if(side IN ('buy', 'in'), 1, -1) AS change,
                    toInt256(reinterpretAsInt128(price)) AS price_units
                FROM
                (
                    SELECT
                        symbol, currency, kind, side, ts, sequence, idx, tick, quantity, price, fee_quantity, realized,
                        realized_base, rate, quantity_before, quantity_after, cost_before, cost_after, position_realized
                    FROM settlements
                    WHERE account_id = {account_id:String}
                    UNION ALL
                    -- What was booked in base when a rate arrived.
                    SELECT
                        symbol, currency, kind, side, ts, sequence, idx, tick, quantity, price, fee_quantity, realized,
                        realized_base, rate, quantity_before, quantity_after, cost_before, cost_after, position_realized
                    FROM effects
                    WHERE account_id = {account_id:String} AND kind = 'booked' AND symbol != ''
                ) AS rows
                CROSS JOIN (@include moment_@by(at = @at, by = @by)) AS moment
                LEFT JOIN
                (
                    SELECT symbol AS island, left_out, start AS island_start
                    FROM (@include void_islands(at = @at, by = @by))
                ) AS islands ON island = rows.symbol
                WHERE ts <= until_ts AND sequence <= last_sequence AND (kind != 'booked' OR tick <= last_tick)
            )
            GROUP BY symbol
            -- As corrected, what was voided altogether was never there.
            HAVING countIf(is_counted) > 0 OR (any(voids_through) = 0 AND countIf(kind != 'booked') > 0)
        ) AS grouped
        LEFT JOIN (SELECT symbol, style, multiplier, exponent FROM instruments) AS known ON known.symbol = grouped.symbol
        LEFT JOIN currency_exponents AS exponents ON exponents.currency = grouped.currency
    )
)
