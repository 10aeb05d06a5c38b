-- The last row of `prices` of each symbol and period (Minute, Hour).
SELECT symbol, toStartOf@period(ts) AS @column, max((ts, tick, price, bid, ask)) AS close
FROM prices
GROUP BY symbol, @column
