-- Columns of a row of equity_history, in the order by which it takes them apart.
ts, tick, total_equity, nav, cash_balance, position_value, unrealized_pnl, realized_pnl, fees, income, net_flow, drawdown,
epoch, sequence
