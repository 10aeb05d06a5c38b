-- Rows of equity_1d_states of an account as they were recorded.
SELECT ts, epoch, open, last
FROM equity_1d_states
WHERE account_id = {account_id:String} AND corrected = 0
