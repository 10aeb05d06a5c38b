-- Whole hours of the range, where rows are too many or have expired; is_below: none of it reaches the peak before it, or
-- its rows have expired.
SELECT
    epoch,
    ts,
    last,
    worst_drawdown,
    highest_nav,
    lowest_nav,
    highest_nav.1 < max(highest_nav.1) OVER (
        PARTITION BY epoch ORDER BY open.1 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        OR open.1 < oldest_row AS is_below
FROM equity_1h_states FINAL
WHERE account_id = {account_id:String} AND ts > since - INTERVAL 1 HOUR AND ts < until AND highest_nav.1 >= 0
    AND open.1 >= since AND last.ts < until
    AND (NOT are_few OR open.1 < oldest_row)
    AND (@include is_history@reading(ts = open.1))
