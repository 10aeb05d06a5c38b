-- equity_1m, equity_1h, equity_1d: the curve by UTC minute, by UTC hour and by session day, as recorded, one row an
-- account, bucket and epoch. `ts` is the beginning of the minute or hour, and midnight UTC of a session's date.
-- open and close are those of the first and of the last row; high and low of nav are those of its ticks. high_nav_ts is
-- the last row that reached it, low_nav_ts the first. From cash_balance on, columns are those of the last row.
CREATE OR REPLACE VIEW equity_@level AS
SELECT
    account_id,
    ts,
    @include rollup_columns()
FROM
(
    SELECT
        account_id,
        ts,
        epoch,
        @include rollup_states()
    FROM equity_@level_states AS states
    WHERE corrected = 0
    GROUP BY account_id, ts, epoch
);
