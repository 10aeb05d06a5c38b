-- In a WITH behind calendar, range and session_days: position_days, what an account held at the end of its session days
-- and what that was worth in minor units of its base currency: one row a day and symbol, none where it was flat.
--
-- Quantities are sums of what changed them, so that a voided fill is left out from the beginning. Prices are the last of
-- the day or before it, never a later one; without any, a position counts at its cost. Rates are made of prices too:
-- direct, inverse, or over the pivot currency; without any, it counts nothing. What comes after a day is joined to none.
coalesce(nullIf(configured['fx.pivot'], ''), 'USD') AS pivot,
configured['prices.mark'] = 'exit' AS marks_at_exit,
JSONExtract(configured['currencies'], 'Map(String, UInt8)') AS exponents,
(currency) -> if(mapContains(exponents, currency), exponents[currency], 2) AS exponent_of,
(SELECT groupUniqArray(of) FROM settlements WHERE account_id = {account_id:String} AND kind = 'void') AS voided,
-- The price of a currency in another; 0 where nothing tells.
(closes, currency, into) -> multiIf(
    currency = into, 1.,
    toFloat64(closes[currency || into].price) > 0, toFloat64(closes[currency || into].price),
    toFloat64(closes[into || currency].price) > 0, 1 / toFloat64(closes[into || currency].price),
    0.) AS rate_of,
held AS
(
    SELECT
        symbol,
        session_date,
        sum(moved) OVER (PARTITION BY symbol ORDER BY session_date) AS quantity,
        last.2 AS cost,
        last.3 AS currency
    FROM
    (
        SELECT
            toString(symbol) AS symbol,
            weekday_of(session_of(ts)) AS session_date,
            sum(quantity_after - quantity_before) AS moved,
            max(((ts, sequence, idx), cost_after, toString(currency))) AS last
        FROM position_changes
        WHERE account_id = {account_id:String}
            AND ('@reading' = '_as_recorded' OR NOT (kind = 'void' OR has(voided, id)))
        GROUP BY symbol, session_date
    )
),
(SELECT (groupUniqArray(symbol), groupUniqArray(currency)) FROM held) AS held_ever,
held_ever.1 AS symbols,
held_ever.2 AS currencies,
arrayDistinct(arrayConcat(symbols, arrayFlatten(arrayMap(
    currency -> [currency || base_currency, base_currency || currency, currency || pivot, pivot || currency, pivot || base_currency, base_currency || pivot],
    arrayFilter(currency -> currency != base_currency, currencies))))) AS priced,
closes AS
(
    SELECT symbol, weekday_of(session_of(minute)) AS session_date, max(close) AS close
    FROM prices_1m_states
    WHERE symbol IN (SELECT arrayJoin(priced)) AND minute < until + INTERVAL 3 DAY
    GROUP BY symbol, session_date
),
(SELECT groupArray(session_date) FROM session_days WHERE is_in_range) AS dates,
marks AS
(
    SELECT session_date, mapFromArrays(groupArray(wanted.symbol), groupArray(closes.close)) AS by_symbol
    FROM (SELECT arrayJoin(dates) AS session_date, symbol FROM (SELECT arrayJoin(priced) AS symbol)) AS wanted
    ASOF INNER JOIN closes ON wanted.symbol = closes.symbol AND wanted.session_date >= closes.session_date
    GROUP BY session_date
),
held_positions AS
(
    SELECT wanted.session_date AS session_date, wanted.symbol AS symbol, quantity, cost, currency
    FROM (SELECT arrayJoin(dates) AS session_date, symbol FROM (SELECT arrayJoin(symbols) AS symbol)) AS wanted
    ASOF INNER JOIN held ON wanted.symbol = held.symbol AND wanted.session_date >= held.session_date
    WHERE quantity != 0
),
position_days AS
(
    SELECT
        positions.session_date AS session_date,
        positions.symbol AS symbol,
        quantity,
        if(mapContains(by_symbol, symbol), by_symbol[symbol], NULL) AS close,
        toDecimal256(multiIf(NOT marks_at_exit, close.price, quantity > 0, close.bid, close.ask), 12) AS mark,
        if(reference.symbol = '', positions.currency, toString(reference.currency)) AS quoted_in,
        if(reference.symbol = '', exponent_of(quoted_in), reference.exponent) AS exponent,
        if(
            close IS NULL,
            cost,
            toInt64(roundBankers(
                toDecimal256(quantity, 12) * assumeNotNull(mark) * toDecimal256(if(reference.symbol = '', 1, reference.multiplier), 12)
                * toDecimal256(exp10(exponent), 0)))) AS value,
        if(
            rate_of(by_symbol, quoted_in, base_currency) > 0,
            rate_of(by_symbol, quoted_in, base_currency),
            rate_of(by_symbol, quoted_in, pivot) * rate_of(by_symbol, pivot, base_currency)) AS rate,
        assumeNotNull(if(
            quoted_in = base_currency,
            value,
            toInt64(roundBankers(value * rate * exp10(toInt16(exponent_of(base_currency)) - exponent))))) AS value_base
    FROM held_positions AS positions
    LEFT JOIN marks ON positions.session_date = marks.session_date
    LEFT JOIN instruments AS reference ON positions.symbol = reference.symbol
)
