-- Rollups of the curve: by UTC minute and hour, and by session day (`ts` is then midnight UTC of its date). Each keeps
-- open, high, low and close of equity and nav, the worst drawdown inside, and the last row of the bucket.
--
-- States merge in whatever order parts do: a tuple that begins with the time (or with the value, then the time) makes
-- min and max of what "first" and "last" mean. A view behind the curve adds the rows of a frame under the frame's token.
-- `corrected` tells rows of curve_corrections from recorded ones, `rebase` and `epoch` stay apart: views/base/ says
-- which of them are history. Without nav (before the first flow) high is -inf and low +inf.
--
-- Cost of a row, inserted in frames of 5,000: 7 to 10 us of processor without these views, 19 us with them; a cascade
-- (hours from minutes) took 25 us, argMax states instead of tuples 29 us.

CREATE TABLE IF NOT EXISTS equity_1m_states
(
    account_id     String,
    ts             DateTime64(3, 'UTC'),
    epoch          UInt32,
    rebase         UInt64,
    corrected      UInt8,
    rows           SimpleAggregateFunction(sum, UInt64),
    -- ts, tick, total_equity, nav of the first row.
    open           SimpleAggregateFunction(min, Tuple(DateTime64(3, 'UTC'), UInt64, Int64, Nullable(Float64))),
    -- Value, and the last time it was reached.
    highest_equity SimpleAggregateFunction(max, Tuple(Int64, DateTime64(3, 'UTC'))),
    highest_nav    SimpleAggregateFunction(max, Tuple(Float64, DateTime64(3, 'UTC'))),
    -- Value, and the first time it was reached.
    lowest_equity  SimpleAggregateFunction(min, Tuple(Int64, DateTime64(3, 'UTC'))),
    lowest_nav     SimpleAggregateFunction(min, Tuple(Float64, DateTime64(3, 'UTC'))),
    worst_drawdown SimpleAggregateFunction(min, Nullable(Float64)),
    last           SimpleAggregateFunction(max, Tuple(
        ts DateTime64(3, 'UTC'), tick UInt64, session_date Date, total_equity Int64, cash_balance Int64,
        position_value Int64, unrealized_pnl Int64, realized_pnl Int64, fees Int64, income Int64, net_flow Int64,
        day_change Int64, day_change_percent Nullable(Float64), day_net_flow Int64, day_open_nav Nullable(Float64),
        nav Nullable(Float64), units Nullable(Float64), peak_nav Nullable(Float64), drawdown Nullable(Float64),
        sequence UInt64))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (account_id, ts, epoch, rebase, corrected)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS equity_1h_states AS equity_1m_states
ENGINE = AggregatingMergeTree
PARTITION BY toYear(ts)
ORDER BY (account_id, ts, epoch, rebase, corrected)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS equity_1d_states AS equity_1m_states
ENGINE = AggregatingMergeTree
PARTITION BY toYear(ts)
ORDER BY (account_id, ts, epoch, rebase, corrected)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024;

-- Of rows that are there already; again from the beginning if it was interrupted. The order of the key needs no memory.

TRUNCATE TABLE equity_1m_states;

INSERT INTO equity_1m_states
@include rollup(curve = equity_curve, bucket = toStartOfMinute(equity_curve.ts), corrected = 0)
SETTINGS optimize_aggregation_in_order = 1, max_partitions_per_insert_block = 0;

TRUNCATE TABLE equity_1h_states;

INSERT INTO equity_1h_states
@include rollup(curve = equity_curve, bucket = toStartOfHour(equity_curve.ts), corrected = 0)
SETTINGS optimize_aggregation_in_order = 1, max_partitions_per_insert_block = 0;

TRUNCATE TABLE equity_1d_states;

INSERT INTO equity_1d_states
@include rollup(curve = equity_curve, bucket = equity_curve.session_date, corrected = 0)
SETTINGS optimize_aggregation_in_order = 1, max_partitions_per_insert_block = 0;

-- Of rows to come.

CREATE MATERIALIZED VIEW IF NOT EXISTS equity_1m_of_curve TO equity_1m_states AS
@include rollup(curve = equity_curve, bucket = toStartOfMinute(equity_curve.ts), corrected = 0);

CREATE MATERIALIZED VIEW IF NOT EXISTS equity_1m_of_corrections TO equity_1m_states AS
@include rollup(curve = curve_corrections, bucket = toStartOfMinute(curve_corrections.ts), corrected = 1);

CREATE MATERIALIZED VIEW IF NOT EXISTS equity_1h_of_curve TO equity_1h_states AS
@include rollup(curve = equity_curve, bucket = toStartOfHour(equity_curve.ts), corrected = 0);

CREATE MATERIALIZED VIEW IF NOT EXISTS equity_1h_of_corrections TO equity_1h_states AS
@include rollup(curve = curve_corrections, bucket = toStartOfHour(curve_corrections.ts), corrected = 1);

CREATE MATERIALIZED VIEW IF NOT EXISTS equity_1d_of_curve TO equity_1d_states AS
@include rollup(curve = equity_curve, bucket = equity_curve.session_date, corrected = 0);

CREATE MATERIALIZED VIEW IF NOT EXISTS equity_1d_of_corrections TO equity_1d_states AS
@include rollup(curve = curve_corrections, bucket = curve_corrections.session_date, corrected = 1);
