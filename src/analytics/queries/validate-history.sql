-- What is wrong with an account's daily snapshots: a row a day and rule that does not hold. Each snapshot is held to the
-- one before it, to the calendar, and to the rows of the curve that are still kept.
WITH
    (SELECT calendar FROM account_days(account_id = {account_id:String})) AS calendar,
    snapshots AS
    (
        SELECT
            *,
            true AS has_snapshot,
            row_number() OVER in_time = 1 AS is_first,
            lagInFrame(session_date) OVER in_time AS date_before,
            lagInFrame(equity_balance) OVER in_time AS equity_before,
            lagInFrame(cumulative_pnl) OVER in_time AS cumulative_before
        FROM daily_snapshots@reading(account_id = {account_id:String}, from = '1900-01-01', to = '2299-01-01')
        WINDOW in_time AS (ORDER BY session_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ),
    closes AS
    (
        SELECT
            session_date + if(calendar = 'weekdays', [0, 0, 0, 0, 0, 2, 1][toDayOfWeek(session_date)], 0) AS day,
            argMax(total_equity, (ts, tick)) AS equity
        FROM curve@reading(account_id = {account_id:String}, from = '1900-01-01', to = '2299-01-01')
        GROUP BY day
    )
SELECT
    {account_id:String} AS account_id,
    if(has_snapshot, snapshots.session_date, closes.day) AS session_date,
    broken.1 AS rule,
    broken.2 AS expected,
    broken.3 AS found
FROM snapshots
-- One join, so that the snapshots, whose analysis is what this takes, are asked for once.
FULL JOIN closes ON snapshots.session_date = closes.day
ARRAY JOIN arrayFilter(each -> each.2 != each.3, if(NOT has_snapshot, [('a day with rows has its snapshot', toString(equity), '')], [
    ('equity = previous + P&L + inflow - outflow',
        toString(equity_before + daily_pnl + equity_inflow - equity_outflow), toString(equity_balance)),
    ('cumulative P&L = previous + P&L', toString(cumulative_before + daily_pnl), toString(cumulative_pnl)),
    ('inflow and outflow are not negative', '1', toString(equity_inflow >= 0 AND equity_outflow >= 0)),
    ('one row a session day, none missing',
        toString(if(is_first, snapshots.session_date, date_before + if(calendar = 'weekdays' AND toDayOfWeek(date_before) >= 5, 8 - toDayOfWeek(date_before), 1))),
        toString(snapshots.session_date)),
    ('equity is that of the last row of the day',
        toString(if(closes.day = snapshots.session_date, closes.equity, equity_balance)), toString(equity_balance)),
    ('equity = positions + cash', toString(total_value + cash_value), toString(equity_balance))
])) AS broken
