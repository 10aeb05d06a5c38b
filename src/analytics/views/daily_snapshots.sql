-- daily_snapshots(account_id, from, to): an account at the end of each of its session days, one row a day, also of days
-- on which nothing happened. Money in minor units of its base currency.
--
-- Exactly: equity_balance = the day's before + daily_pnl + equity_inflow - equity_outflow. What flowed is what the curve's
-- net_flow says; the two directions apart are those of the flows of that day, where they come to the same (a deposit in
-- the last moment of a day is in the curve of the next one: then only its direction is known).
--
-- cumulative_pnl counts from the account's first day, twr from the first of its epoch of nav, so that a day's row is the
-- same whichever range is asked for. total_value is that of the positions as equity has it; long_value, short_value
-- (negative) and the exposures are market values, also of margined instruments.
CREATE OR REPLACE VIEW daily_snapshots@reading AS
WITH
    @include calendar(),
    @include range(),
    @include session_days(),
    @include position_days(),
    days AS
    (
        SELECT
            session_date,
            is_in_range,
            total_equity,
            cash_balance,
            position_value,
            day_flow,
            total_equity - equity_before - day_flow AS day_pnl,
            sum(day_pnl) OVER in_time AS cumulative,
            daily_return AS day_return,
            nav / first_value(if(epoch = first_epoch, nav_from, 1)) OVER in_epoch - 1 AS twr
        FROM
        (
            SELECT *, first_value(epoch) OVER (ORDER BY session_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS first_epoch
            FROM session_days
        )
        WINDOW
            in_time AS (ORDER BY session_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
            in_epoch AS (PARTITION BY epoch, nav IS NULL ORDER BY session_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ),
    day_flows AS
    (
        SELECT weekday_of(session_of(ts)) AS session_date, sumIf(amount, amount > 0) AS inflow, -sumIf(amount, amount < 0) AS outflow
        FROM @database.flows@reading(account_id = {account_id:String}, from = '1900-01-01', to = '2299-01-01')
        GROUP BY session_date
    ),
    day_positions AS
    (
        SELECT
            session_date,
            sumIf(value_base, quantity > 0) AS long_value,
            sumIf(value_base, quantity < 0) AS short_value,
            countIf(quantity > 0) AS longs,
            countIf(quantity < 0) AS shorts
        FROM position_days
        GROUP BY session_date
    )
SELECT
    days.session_date AS session_date,
    total_equity AS equity_balance,
    day_pnl AS daily_pnl,
    cumulative AS cumulative_pnl,
    if(inflow - outflow = day_flow, inflow, greatest(day_flow, 0)) AS equity_inflow,
    if(inflow - outflow = day_flow, outflow, greatest(-day_flow, 0)) AS equity_outflow,
    position_value AS total_value,
    cash_balance AS cash_value,
    day_positions.long_value AS long_value,
    day_positions.short_value AS short_value,
    long_value - short_value AS gross_exposure,
    long_value + short_value AS net_exposure,
    longs + shorts AS num_positions,
    longs AS num_long_positions,
    shorts AS num_short_positions,
    day_return AS daily_return,
    twr
FROM days
LEFT JOIN day_flows ON days.session_date = day_flows.session_date
LEFT JOIN day_positions ON days.session_date = day_positions.session_date
WHERE is_in_range
ORDER BY session_date
@include light_analysis();
