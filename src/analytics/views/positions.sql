-- positions(account_id, at): the positions of an account at a moment (a date or ISO 8601, in UTC; what happened at that
-- millisecond is in it), valued at the last price until then: one row a symbol; one that was traded and is flat stays
-- listed with what it realized. cost, market_value, unrealized and realized are minor units of the position's currency;
-- average_cost is a price. As corrected, what was voided later was never there; as recorded, it is until its void.
CREATE OR REPLACE VIEW positions@reading AS
SELECT
    symbol,
    quantity,
    cost,
    market_value,
    unrealized,
    realized,
    currency,
    if(quantity = 0, NULL, toFloat64(cost) / (toFloat64(quantity) * toFloat64(value_factor) / 1e12)) AS average_cost,
    price,
    price_ts,
    market_value_base,
    unrealized_base,
    realized_base,
    rate,
    style,
    multiplier
FROM (@include position_values(at = {at:String}, by = time))
ORDER BY symbol
@include light_analysis();
