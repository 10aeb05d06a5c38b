-- position_states with what each position was worth at the moment: quantity x price in minor units of its currency,
-- and in base; exactly, rounded half to even, as the ledger values it. Without a price a position is worth what it
-- cost; without a rate it is outside equity: 0 in base, and rate is NULL. Rates are those of the price feed: the
-- pair, its inverse, or one hop over the pivot currency.
SELECT
    * EXCEPT (value_scale, own_exact, unrealized_exact, value_exact),
    if(numerator > 0, toFloat64(numerator) / toFloat64(denominator), NULL) AS rate,
    toInt64(@include half_even(over = value_exact, under = denominator)) AS market_value_base,
    toInt64(@include half_even(over = unrealized_exact, under = denominator)) AS unrealized_base
FROM
(
    SELECT
        *,
        market_value - cost AS unrealized,
        toInt256(market_value) * numerator AS value_exact,
        toInt256(unrealized) * numerator AS unrealized_exact
    FROM
    (
        SELECT
            *,
            if(is_priced, toInt64(@include half_even(over = own_exact, under = value_scale)), cost) AS market_value
        FROM
        (
            -- At 36 decimals.
            SELECT
                *,
                toInt256('1000000000000000000000000000000000000') AS value_scale,
                toInt256(reinterpretAsInt128(quantity)) * toInt256(reinterpretAsInt128(mark)) * value_factor AS own_exact
            FROM
            (
                SELECT
                    states.symbol AS symbol, currency, style, multiplier, value_factor, quantity, cost, realized,
                    realized_base, numerator, denominator,
                    toUnixTimestamp64Milli(ts) > 0 AS is_priced,
                    multiIf(NOT marks_at_exit, prices.price, quantity >= 0, bid, ask) AS mark,
                    if(is_priced, mark, NULL) AS price,
                    if(is_priced, ts, NULL) AS price_ts
                FROM (@include position_states(at = @at, by = @by)) AS states
                INNER JOIN (@include symbol_prices(at = @at, by = @by)) AS prices ON prices.symbol = states.symbol
                CROSS JOIN
                (
                    SELECT max(value) = 'exit' AS marks_at_exit FROM settings FINAL WHERE key = 'prices.mark'
                ) AS configured
            )
        )
    )
)
