-- account_at(account_id, at): how an account stood at a moment (a date or ISO 8601, in UTC): the last row of its curve at or
-- before it, and its cash by currency, in minor units. No row before its curve begins. Positions: positions(account_id, at).
-- As corrected: without what was voided later, with flows from when they took effect.
CREATE OR REPLACE VIEW account_at@reading AS
SELECT
    ts, session_date, total_equity, cash_balance, position_value, unrealized_pnl, realized_pnl, fees, income, net_flow,
    day_change, day_change_percent, nav, peak_nav, drawdown, epoch, wiped_out, sequence,
    cash
FROM (@include curve_last@reading(at = {at:String}, by = time)) AS row
CROSS JOIN (SELECT mapFromArrays(groupArray(currency), groupArray(amount)) AS cash FROM (@include cash_amounts(at = {at:String}, by = time))) AS held
@include light_analysis();
