-- Of each symbol that an account traded the price with which it is valued at a moment (as moment_@by has it), and
-- what a minor unit of its currency is in minor units of the account's base currency, as a fraction of integers: from
-- the pair's price, its inverse, or one hop over the pivot currency. A price that is not above 0 is no rate; 0 / 1
-- where there is none. No price: time 1970.
WITH toInt256('1000000000000') AS one
SELECT
    symbol, ts, price, bid, ask,
    if(is_base, toInt256(1), up * toInt256(exp10(if(base.currency = '', 2, base.exponent)))) AS numerator,
    if(is_base OR up = 0, toInt256(1), down * toInt256(exp10(if(own.currency = '', 2, own.exponent)))) AS denominator
FROM
(
    SELECT
        symbol, currency, base_currency, ts, price, bid, ask,
        currency = base_currency AS is_base,
        -- Of a price the fraction is price / 1, of an inverse 1 / price; of a hop the product of two.
        multiIf(
            pair > 0, pair, inverse > 0, one,
            multiIf(hop > 0, hop, hop_inverse > 0, one, 0) * multiIf(onward > 0, onward, onward_inverse > 0, one, 0)
        ) AS up,
        multiIf(
            pair > 0, one, inverse > 0, inverse,
            if(hop > 0, one, hop_inverse) * if(onward > 0, one, onward_inverse)
        ) AS down
    FROM
    (
        SELECT
            symbol, currency, base_currency, leg, ts, price, bid, ask,
            maxIf(units, leg = 1) OVER of_currency AS pair,
            maxIf(units, leg = 2) OVER of_currency AS inverse,
            maxIf(units, leg = 3) OVER of_currency AS hop,
            maxIf(units, leg = 4) OVER of_currency AS hop_inverse,
            maxIf(units, leg = 5) OVER of_currency AS onward,
            maxIf(units, leg = 6) OVER of_currency AS onward_inverse
        FROM
        (
            SELECT *, if(price > 0, toInt256(reinterpretAsInt128(price)), toInt256(0)) AS units
            FROM (@include account_marks(at = @at, by = @by))
        )
        WINDOW of_currency AS (PARTITION BY currency)
    )
    WHERE leg = 0
) AS priced
LEFT JOIN currency_exponents AS own ON own.currency = priced.currency
LEFT JOIN currency_exponents AS base ON base.currency = priced.base_currency
