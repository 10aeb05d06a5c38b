-- leaderboard(order_by, limit): accounts by the newest row of each. order_by: equity, nav, day_change, day_change_percent
-- (the highest first), drawdown (the deepest first). day_change is that of the account's last session with a row. Of a
-- curve without figures of its own (an import) day changes are taken from the session before, drawdown from the highest
-- nav of the epoch. Read from equity_1d: two sessions an account, whatever the curve's age.
CREATE OR REPLACE VIEW leaderboard@reading AS
SELECT
    account_id,
    newest.ts AS ts,
    newest.session_date AS session_date,
    newest.total_equity AS total_equity,
    if(has_own_figures, newest.day_change,
        newest.total_equity - previous.total_equity - newest.net_flow + previous.net_flow) AS day_change,
    if(has_own_figures, newest.day_change_percent,
        if(previous.nav > 0, round(100 * (newest.nav / previous.nav - 1), 4), NULL)) AS day_change_percent,
    newest.nav AS nav,
    ifNull(newest.drawdown, if(high_nav > 0, newest.nav / high_nav - 1, NULL)) AS drawdown,
    newest.cash_balance AS cash_balance,
    newest.position_value AS position_value,
    newest.net_flow AS net_flow
FROM
(
    SELECT
        account_id,
        arrayReverseSort(each -> (each.ts, each.tick), groupArray(last)) AS days,
        days[1] AS newest,
        arrayFirst(each -> each.session_date < newest.session_date, days) AS previous,
        newest.day_open_nav IS NOT NULL AS has_own_figures
    FROM equity_1d_states FINAL
    WHERE corrected = 0 AND (account_id, ts) IN (
        SELECT account_id, arrayJoin(arraySlice(arrayReverseSort(groupUniqArray(ts)), 1, 2))
        FROM equity_1d_states
        WHERE corrected = 0
        GROUP BY account_id
    )
    GROUP BY account_id
) AS accounts
LEFT JOIN
(
    SELECT account_id, max((epoch, highest_nav.1)).2 AS high_nav
    FROM equity_1d_states
    WHERE corrected = 0
    GROUP BY account_id
) AS peaks USING (account_id)
WHERE throwIf(
    {order_by:String} NOT IN ('equity', 'nav', 'day_change', 'day_change_percent', 'drawdown'),
    'order_by is one of equity, nav, day_change, day_change_percent, drawdown') = 0
ORDER BY
    multiIf(
        {order_by:String} = 'equity', toFloat64(total_equity),
        {order_by:String} = 'nav', nav,
        {order_by:String} = 'day_change', toFloat64(day_change),
        {order_by:String} = 'day_change_percent', day_change_percent,
        -drawdown) DESC NULLS LAST,
    account_id
LIMIT {limit:UInt32};
