-- What daily figures need to know beside the curve: how accounts are configured, what the installation is configured
-- as, which flows came from outside, and prices by the minute.

-- One row a change of an account; the view `accounts` shows the last. Fed by effects that say how the account is
-- configured after them: those of its life, and that of the event that opened it.
CREATE TABLE IF NOT EXISTS account_changes
(
    account_id    String,
    name          String,
    base_currency LowCardinality(String),
    account_type  LowCardinality(String),
    benchmark     LowCardinality(String),
    timezone      LowCardinality(String),
    cutover       LowCardinality(String),
    -- weekdays or all; '': as configured.
    calendar      LowCardinality(String),
    state         LowCardinality(String),
    ts            DateTime64(3, 'UTC') DEFAULT now64(3),
    sequence      UInt64
)
ENGINE = ReplacingMergeTree(sequence)
ORDER BY account_id
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS account_changes_of_effects TO account_changes AS
SELECT
    account_id,
    JSONExtractString(detail, 'name') AS name,
    JSONExtractString(detail, 'base_currency') AS base_currency,
    JSONExtractString(detail, 'account_type') AS account_type,
    JSONExtractString(detail, 'benchmark') AS benchmark,
    JSONExtractString(detail, 'timezone') AS timezone,
    JSONExtractString(detail, 'cutover') AS cutover,
    JSONExtractString(detail, 'calendar') AS calendar,
    state,
    ts,
    sequence
FROM effects
WHERE kind NOT IN ('void', 'rejected', 'rebase') AND startsWith(detail, '{');

-- Keys of config/default.yaml with their values as text, written at each start of the sink.
CREATE TABLE IF NOT EXISTS settings
(
    key   String,
    value String,
    ts    DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(ts)
ORDER BY key;

-- What may move an account's units, and the voids of it: few rows of `effects`. NULL: no rate yet; what is booked when
-- it arrives is a row of kind `booked`.
CREATE TABLE IF NOT EXISTS flow_effects
(
    account_id   String,
    ts           DateTime64(3, 'UTC'),
    sequence     UInt64,
    idx          UInt32,
    id           String,
    kind         LowCardinality(String),
    -- settlements or cash: the events of each have ids of their own.
    area         LowCardinality(String),
    of           String,
    effective_at Nullable(DateTime64(3, 'UTC')),
    amount       Int64,
    currency     LowCardinality(String),
    flow_base    Nullable(Int64)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (account_id, ts, sequence, idx)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS flow_effects_of_effects TO flow_effects AS
@include flow_effects();

-- What was there before this migration.
TRUNCATE TABLE flow_effects;

INSERT INTO flow_effects
@include flow_effects()
SETTINGS max_partitions_per_insert_block = 0;

-- The last price of each minute: any cut-over is at the end of one.
CREATE TABLE IF NOT EXISTS prices_1m_states
(
    symbol String,
    minute DateTime('UTC'),
    -- The last row.
    close  SimpleAggregateFunction(max, Tuple(
        ts DateTime64(3, 'UTC'), tick UInt64, price Decimal(38, 12), bid Decimal(38, 12), ask Decimal(38, 12)))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(minute)
ORDER BY (symbol, minute)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS prices_1m_of_prices TO prices_1m_states AS
@include last_prices(period = Minute, column = minute);

TRUNCATE TABLE prices_1m_states;

INSERT INTO prices_1m_states
@include last_prices(period = Minute, column = minute)
SETTINGS max_partitions_per_insert_block = 0;
