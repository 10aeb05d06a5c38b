-- currency_exponents: decimals of the minor unit of currencies, for what no instrument says: those of the configuration,
-- and those of ISO 4217 that are not 2. What is not among them has 2, which a join with a default column gives.
CREATE OR REPLACE VIEW currency_exponents AS
SELECT currency, exponent
FROM
(
    SELECT pair.1 AS currency, pair.2 AS exponent, 0 AS rank
    FROM
    (
        SELECT arrayJoin(JSONExtractKeysAndValues(value, 'UInt8')) AS pair
        FROM settings FINAL
        WHERE key = 'currencies'
    )
    UNION ALL
    SELECT each.1 AS currency, each.2 AS exponent, 1 AS rank
    FROM
    (
        SELECT arrayJoin(arrayConcat(
            arrayMap(code -> (code, 0), splitByChar(' ', 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF')),
            arrayMap(code -> (code, 3), splitByChar(' ', 'BHD IQD JOD KWD LYD OMR TND')),
            arrayMap(code -> (code, 6), splitByChar(' ', 'USDT USDC')),
            arrayMap(code -> (code, 8), splitByChar(' ', 'BTC ETH'))
        )) AS each
    )
)
ORDER BY rank
LIMIT 1 BY currency;
