-- price_history(symbol, from, to, points): a symbol's marks for a chart, at most `points` rows: of each of so many equal
-- stretches of the time that has prices, the last one. From rows up to six hours, from minutes up to 31 days, from hours
-- beyond. `from` inclusive, `to` exclusive, dates or ISO 8601 in UTC.
CREATE OR REPLACE VIEW price_history AS
WITH
    parseDateTime64BestEffort({from:String}, 3, 'UTC') AS since,
    parseDateTime64BestEffort({to:String}, 3, 'UTC') AS until,
    (
        SELECT (toUnixTimestamp64Milli(greatest(since, min(toDateTime64(hour, 3, 'UTC')))), toUnixTimestamp64Milli(least(until, max(close.1) + toIntervalMillisecond(1))))
        FROM prices_1h_states
        WHERE symbol = {symbol:String} AND hour > since - INTERVAL 1 HOUR AND hour < until
    ) AS span,
    span.2 - span.1 AS length
SELECT max(row.1) AS ts, argMax(row.3, (row.1, row.2)) AS price
FROM
(
    SELECT (ts, tick, price) AS row
    FROM prices
    WHERE symbol = {symbol:String} AND ts >= since AND ts < until AND length <= 6 * 3600000
    UNION ALL
    SELECT (close.1, close.2, close.3)
    FROM prices_1m_states
    WHERE symbol = {symbol:String} AND close.1 >= since AND close.1 < until
        AND minute > since - INTERVAL 1 MINUTE AND minute < until AND length > 6 * 3600000 AND length <= 31 * 86400000
    UNION ALL
    SELECT (close.1, close.2, close.3)
    FROM prices_1h_states
    WHERE symbol = {symbol:String} AND close.1 >= since AND close.1 < until
        AND hour > since - INTERVAL 1 HOUR AND hour < until AND length > 31 * 86400000
)
GROUP BY intDiv(toUnixTimestamp64Milli(row.1) - span.1, greatest(1, intDiv(length - 1, toInt64({points:UInt32})) + 1))
ORDER BY ts;
