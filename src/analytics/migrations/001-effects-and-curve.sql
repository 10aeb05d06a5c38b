-- What the sink's frames feed, and what follows from it.
--
-- One frame is one insert; its name is the insert's deduplication token. That works on MergeTree of one node because
-- of non_replicated_deduplication_window; on a cluster the same tables are ReplicatedMergeTree, whose window is
-- replicated_deduplication_window. Rows of one frame lie in one month, so that an insert is one part: whole or not
-- there.
--
-- Times come as milliseconds: an integer read as DateTime64(3) is a count of milliseconds. Money: minor units.
-- Every column beside the keys has a default, so that a curve of another system can be inserted with what it has.
-- Statements end with a semicolon at the end of a line, and can be run again after half of them have been.

CREATE TABLE IF NOT EXISTS effects
(
    account_id        String,
    sequence          UInt64,
    idx               UInt32 DEFAULT 0,
    kind              LowCardinality(String),
    id                String,
    ts                DateTime64(3, 'UTC'),
    event_ts          DateTime64(3, 'UTC') DEFAULT ts,
    effective_at      Nullable(DateTime64(3, 'UTC')),
    source            LowCardinality(String),
    symbol            LowCardinality(String),
    side              LowCardinality(String),
    quantity          Decimal(38, 12),
    price             Decimal(38, 12),
    amount            Int64,
    currency          LowCardinality(String),
    to_currency       LowCardinality(String),
    to_amount         Int64,
    fee               Int64,
    fee_currency      LowCardinality(String),
    fee_quantity      Decimal(38, 12),
    notes             String,
    -- In `currency`.
    cash_effect       Int64,
    realized          Int64,
    -- In the account's base currency; NULL: not booked, no rate yet.
    realized_base     Nullable(Int64),
    fees              Int64,
    fees_base         Nullable(Int64),
    income_base       Nullable(Int64),
    flow_base         Nullable(Int64),
    rate              Nullable(Float64),
    quantity_before   Decimal(38, 12),
    quantity_after    Decimal(38, 12),
    cost_before       Int64,
    cost_after        Int64,
    position_realized Int64,
    equity_before     Nullable(Int64),
    nav_before        Nullable(Float64),
    units             Nullable(Float64),
    nav               Nullable(Float64),
    epoch             UInt32 DEFAULT 1,
    state             LowCardinality(String),
    reason            LowCardinality(String),
    detail            String,
    subject           String,
    payload           String,
    tick              UInt64 DEFAULT toUnixTimestamp64Milli(ts)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (account_id, sequence, idx)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS equity_curve
(
    account_id         String,
    session_date       Date DEFAULT toDate(ts),
    ts                 DateTime64(3, 'UTC'),
    tick               UInt64 DEFAULT toUnixTimestamp64Milli(ts),
    total_equity       Int64,
    cash_balance       Int64 DEFAULT total_equity - position_value,
    position_value     Int64 DEFAULT 0,
    unrealized_pnl     Int64,
    realized_pnl       Int64,
    fees               Int64,
    income             Int64,
    net_flow           Int64,
    day_change         Int64,
    day_change_percent Nullable(Float64),
    epoch              UInt32 DEFAULT 1,
    -- NULL before the first flow.
    nav                Nullable(Float64),
    nav_low            Nullable(Float64) DEFAULT nav,
    nav_high           Nullable(Float64) DEFAULT nav,
    worst_drawdown     Nullable(Float64),
    drawdown           Nullable(Float64),
    sequence           UInt64,
    units              Nullable(Float64),
    peak_nav           Nullable(Float64),
    max_drawdown       Nullable(Float64),
    max_drawdown_life  Nullable(Float64) DEFAULT max_drawdown,
    day_open_equity    Int64 DEFAULT total_equity - day_change - day_net_flow,
    day_open_nav       Nullable(Float64),
    day_net_flow       Int64,
    peak_profit        Int64,
    wiped_out          Bool,
    -- When the running peak was reached.
    peak_ts            Nullable(DateTime64(3, 'UTC'))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (account_id, ts, tick)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS prices
(
    symbol    String,
    ts        DateTime64(3, 'UTC'),
    price     Decimal(38, 12),
    bid       Decimal(38, 12) DEFAULT price,
    ask       Decimal(38, 12) DEFAULT price,
    tick      UInt64 DEFAULT toUnixTimestamp64Milli(ts),
    -- As the market said; NULL where a settlement's price stood in.
    market_ts Nullable(DateTime64(3, 'UTC')) DEFAULT ts
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (symbol, ts, tick)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS dead_letters
(
    id         String,
    ts         DateTime64(3, 'UTC'),
    stream     LowCardinality(String),
    subject    String,
    sequence   UInt64,
    idx        UInt32,
    account_id String,
    reason     LowCardinality(String),
    detail     String,
    payload    String
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (ts, stream, sequence, idx)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS settlements
(
    account_id        String,
    ts                DateTime64(3, 'UTC'),
    event_ts          DateTime64(3, 'UTC') DEFAULT ts,
    sequence          UInt64,
    idx               UInt32,
    id                String,
    kind              LowCardinality(String) DEFAULT 'fill',
    source            LowCardinality(String),
    symbol            LowCardinality(String),
    side              LowCardinality(String),
    quantity          Decimal(38, 12),
    price             Decimal(38, 12),
    currency          LowCardinality(String),
    fee               Int64,
    fee_currency      LowCardinality(String),
    fee_quantity      Decimal(38, 12),
    cash_effect       Int64,
    realized          Int64,
    realized_base     Nullable(Int64),
    fees              Int64,
    fees_base         Nullable(Int64),
    flow_base         Nullable(Int64),
    rate              Nullable(Float64),
    quantity_before   Decimal(38, 12),
    quantity_after    Decimal(38, 12),
    cost_before       Int64,
    cost_after        Int64,
    position_realized Int64,
    tick              UInt64 DEFAULT toUnixTimestamp64Milli(ts)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (account_id, ts, sequence, idx)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS settlements_of_effects TO settlements AS
SELECT
    account_id, ts, event_ts, sequence, idx, id, kind, source, symbol, side, quantity, price, currency,
    fee, fee_currency, fee_quantity, cash_effect, realized, realized_base, fees, fees_base, flow_base, rate,
    quantity_before, quantity_after, cost_before, cost_after, position_realized, tick
FROM effects
WHERE kind IN ('fill', 'transfer');

CREATE TABLE IF NOT EXISTS cash_flows
(
    account_id    String,
    ts            DateTime64(3, 'UTC'),
    event_ts      DateTime64(3, 'UTC') DEFAULT ts,
    effective_at  Nullable(DateTime64(3, 'UTC')),
    sequence      UInt64,
    idx           UInt32,
    id            String,
    kind          LowCardinality(String),
    amount        Int64,
    currency      LowCardinality(String),
    to_currency   LowCardinality(String),
    to_amount     Int64,
    symbol        LowCardinality(String),
    notes         String,
    cash_effect   Int64,
    flow_base     Nullable(Int64),
    income_base   Nullable(Int64),
    fees_base     Nullable(Int64),
    rate          Nullable(Float64),
    equity_before Nullable(Int64),
    nav_before    Nullable(Float64),
    units         Nullable(Float64),
    tick          UInt64 DEFAULT toUnixTimestamp64Milli(ts)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (account_id, ts, sequence, idx)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS cash_flows_of_effects TO cash_flows AS
SELECT
    account_id, ts, event_ts, effective_at, sequence, idx, id, kind, amount, currency, to_currency, to_amount,
    symbol, notes, cash_effect, flow_base, income_base, fees_base, rate, equity_before, nav_before, units, tick
FROM effects
WHERE kind IN ('deposit', 'withdrawal', 'fee', 'dividend', 'interest', 'conversion');

CREATE TABLE IF NOT EXISTS position_changes
(
    account_id        String,
    ts                DateTime64(3, 'UTC'),
    sequence          UInt64,
    idx               UInt32,
    id                String,
    kind              LowCardinality(String),
    symbol            LowCardinality(String),
    currency          LowCardinality(String),
    price             Decimal(38, 12),
    quantity_before   Decimal(38, 12),
    quantity_after    Decimal(38, 12),
    cost_before       Int64,
    cost_after        Int64,
    realized          Int64,
    position_realized Int64,
    tick              UInt64 DEFAULT toUnixTimestamp64Milli(ts)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (account_id, symbol, ts, sequence, idx)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS position_changes_of_effects TO position_changes AS
SELECT
    account_id, ts, sequence, idx, id, kind, symbol, currency, price,
    quantity_before, quantity_after, cost_before, cost_after, realized, position_realized, tick
FROM effects
WHERE quantity_before != quantity_after OR cost_before != cost_after;

CREATE MATERIALIZED VIEW IF NOT EXISTS dead_letters_of_effects TO dead_letters AS
SELECT
    concat('LEDGER.', toString(sequence), '.', toString(idx)) AS id,
    ts, 'LEDGER' AS stream, subject, sequence, idx, account_id, reason, detail, payload
FROM effects
WHERE kind = 'rejected';
