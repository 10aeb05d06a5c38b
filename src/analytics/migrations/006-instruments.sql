-- Reference data of instruments, for each that an account holds or held: what quantity x price is in money, and how
-- exposures are grouped. One row when a symbol is first seen and at each change; the view `instruments` has the last.
-- No partitions: of a symbol's rows one is left.
CREATE TABLE IF NOT EXISTS instrument_changes
(
    symbol                  String,
    ts                      DateTime64(3, 'UTC') DEFAULT now64(3),
    currency                LowCardinality(String) DEFAULT 'USD',
    -- Decimals of the currency's minor unit.
    exponent                UInt8 DEFAULT 2,
    price_scale             UInt8 DEFAULT 4,
    quantity_scale          UInt8 DEFAULT 4,
    multiplier              Decimal(38, 12) DEFAULT 1,
    style                   LowCardinality(String) DEFAULT 'spot',
    sector                  LowCardinality(String),
    geography               LowCardinality(String),
    asset_class             LowCardinality(String),
    initial_margin_rate     Nullable(Float64),
    maintenance_margin_rate Nullable(Float64)
)
ENGINE = ReplacingMergeTree(ts)
ORDER BY symbol
SETTINGS non_replicated_deduplication_window = 10000;

-- The last price of each hour: what a position was worth at a moment is found in the rows of its hour, and else here,
-- without reading all that a symbol ever cost.
CREATE TABLE IF NOT EXISTS prices_1h_states
(
    symbol String,
    hour   DateTime('UTC'),
    -- Time, tick, price, bid and ask of the last row.
    close  SimpleAggregateFunction(max, Tuple(ts DateTime64(3, 'UTC'), tick UInt64, price Decimal(38, 12), bid Decimal(38, 12), ask Decimal(38, 12)))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(hour)
ORDER BY (symbol, hour)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS prices_1h_of_prices TO prices_1h_states AS
@include last_prices(period = Hour, column = hour);

-- What was there before this migration.
TRUNCATE TABLE prices_1h_states;

INSERT INTO prices_1h_states
@include last_prices(period = Hour, column = hour);
