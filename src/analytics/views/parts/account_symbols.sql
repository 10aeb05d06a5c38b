-- What an account is valued with: symbols that it traded (leg 0, with their currency), and by foreign currency the
-- pairs that lead to its base currency: 1 the pair, 2 its inverse, 3 and 4 to the pivot currency, 5 and 6 from there
-- on.
SELECT each.1 AS symbol, currency, each.2 AS leg, base_currency
FROM
(
    SELECT
        currency,
        base_currency,
        arrayJoin(arrayConcat(
            arrayMap(symbol -> (symbol, 0), symbols),
            if(currency = base_currency, [], [
                (concat(currency, base_currency), 1), (concat(base_currency, currency), 2),
                (concat(currency, pivot), 3), (concat(pivot, currency), 4),
                (concat(pivot, base_currency), 5), (concat(base_currency, pivot), 6)
            ])
        )) AS each
    FROM
    (
        SELECT toString(currency) AS currency, groupUniqArray(toString(symbol)) AS symbols
        FROM settlements
        WHERE account_id = {account_id:String} AND kind != 'void'
        GROUP BY currency
    ) AS traded
    CROSS JOIN (@include base_currency()) AS configured
)
