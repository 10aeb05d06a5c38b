-- Prices with which an account is valued at a moment (as moment_@by has it), the last one until then, however old: of
-- each symbol that it traded (leg 0), and, by currency, of the pairs that lead to its base currency: 1 the pair, 2
-- its inverse, 3 to 6 the pairs over the pivot currency. No price: time 1970.
WITH (@include price_time_@by(at = @at, by = @by)) AS priced_at
SELECT needed.symbol AS symbol, needed.currency AS currency, needed.leg AS leg, needed.base_currency AS base_currency, last.1 AS ts, last.3 AS price, last.4 AS bid, last.5 AS ask
FROM (@include account_symbols()) AS needed
LEFT JOIN
(
    SELECT symbol, max(row) AS last
    FROM
    (
        SELECT symbol, (ts, tick, price, bid, ask) AS row
        FROM prices
        WHERE ts <= priced_at AND ts >= toStartOfHour(priced_at)
        UNION ALL
        SELECT symbol, close AS row
        FROM prices_1h_states
        WHERE hour < toStartOfHour(priced_at)
    )
    WHERE symbol IN (SELECT symbol FROM (@include account_symbols()))
    GROUP BY symbol
) AS found ON found.symbol = needed.symbol
