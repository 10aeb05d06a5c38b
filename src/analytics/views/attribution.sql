-- attribution(account_id, from, to): what made an account's equity change, in minor units of its base currency; the amounts
-- add up exactly to total_equity of the last row of the curve before `to` less that of the last row before `from` (0 where
-- there is none). Times are dates or ISO 8601, in UTC.
--
-- What belongs to the range is decided by the two rows alone: the events between their `sequence`s, late bookings between
-- their ticks, and prices up to their times. So equity and events agree, though a row of a second ends at its last tick and
-- events come in between; and amounts of adjoining ranges add up.
--
--   a symbol  what its positions gained: realized (booked in base at the rate of its moment) plus the change of unrealized
--             (in base at the rates of the two rows); the two parts have columns of their own
--   fees      less what was paid (a rebate: more); income: dividends and interest; flow: deposits less withdrawals, and
--             transfers in kind at their price; as corrected when they took effect
--   fx        the change of fx_pnl: what rates did to cash and to the cost of positions. What is left of equity's change
--             once everything else is taken off, so that it always adds up; no row for an account of one currency
--   other     only where the rows of fills or prices that led to the curve are not all there (an imported curve, expired
--             rows), or a rate was missing: what the symbols do not explain
-- (Columns of a subquery are mentioned once each, and put together in a lambda: every mention costs analysis in proportion
-- to the subquery.)
CREATE OR REPLACE VIEW attribution@reading AS
SELECT
    row.1 AS source,
    row.2 AS kind,
    row.3 AS amount,
    row.4 AS realized,
    row.5 AS unrealized
FROM
(
    SELECT arrayJoin(arrayMap(
        (symbols, totals, is_foreign) -> arrayConcat(
            arrayMap(each -> (each.2, 'symbol', each.3 + each.4, each.3, each.4), symbols),
            [
                ('fees', 'fees', -totals.fees, 0, 0),
                ('income', 'income', totals.income, 0, 0),
                ('fx', 'fx', if(is_foreign, totals.residual, 0), 0, 0),
                ('flow', 'flow', totals.net_flow, 0, 0)
            ],
            arrayFilter(each -> each.3 != 0, [(
                'other', 'other',
                totals.gains - arraySum(each -> each.3 + each.4, symbols) + if(is_foreign, 0, totals.residual),
                0, 0
            )])
        ),
        [(
            -- Largest first.
            SELECT arraySort(groupArray((-abs(total), symbol, realized, total - realized)))
            FROM
            (
                SELECT
                    symbol,
                    sum(side * figures.1) AS realized,
                    sum(side * (figures.1 + figures.2)) AS total,
                    max(figures.3) AS is_held
                FROM
                (
                    SELECT 1 AS side, toString(symbol) AS symbol, (realized_base, unrealized_base, quantity != 0) AS figures
                    FROM (@include position_values(at = {to:String}, by = row))
                    UNION ALL
                    SELECT -1 AS side, toString(symbol) AS symbol, (realized_base, unrealized_base, quantity != 0) AS figures
                    FROM (@include position_values(at = {from:String}, by = row))
                )
                GROUP BY symbol
                HAVING is_held OR realized != 0 OR total != 0
            )
        )],
        [(
            SELECT CAST(
                (
                    sum(side * figures.1),
                    sum(side * figures.2),
                    sum(side * figures.3),
                    sum(side * figures.4),
                    sum(side * (figures.5 - figures.1 - figures.2 + figures.3 - figures.4))
                ),
                'Tuple(net_flow Int64, income Int64, fees Int64, gains Int64, residual Int64)'
            )
            FROM
            (
                SELECT 1 AS side, (net_flow, income, fees, realized_pnl + unrealized_pnl, total_equity) AS figures
                FROM (@include curve_last@reading(at = {to:String}, by = row))
                UNION ALL
                SELECT -1 AS side, (net_flow, income, fees, realized_pnl + unrealized_pnl, total_equity) AS figures
                FROM (@include curve_last@reading(at = {from:String}, by = row))
            )
        )],
        [(
            SELECT count() > 0
            FROM (@include account_currencies()) AS used
            CROSS JOIN (@include base_currency()) AS account
            WHERE used.currency NOT IN ('', account.base_currency)
        )]
    )[1]) AS row
)
@include light_analysis();
