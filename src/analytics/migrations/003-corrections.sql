-- History as corrected beside history as recorded (docs/decisions). A recorded row is never rewritten. A correction (a
-- void, a flow dated back) leads to a rebase, an event in the ledger; what it makes of the past stands in
-- curve_corrections, and is history from the moment its row in corrections is there.

-- LEDGER sequence of the last rebase that the account had applied when the row was made; 0: none.
ALTER TABLE equity_curve ADD COLUMN IF NOT EXISTS rebase UInt64 DEFAULT 0;

-- The columns of equity_curve: rows as the rebase of that sequence makes them.
CREATE TABLE IF NOT EXISTS curve_corrections AS equity_curve
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (account_id, ts, tick, rebase)
SETTINGS non_replicated_deduplication_window = 10000;

-- One row a rebase. From from_ts on, and until the next one's, rows of that rebase are history: those it rewrote in
-- curve_corrections, and behind them those that were recorded since.
CREATE TABLE IF NOT EXISTS corrections
(
    account_id String,
    rebase     UInt64,
    -- LEDGER sequence of the last correction that it covers.
    of         UInt64,
    -- No later than what was corrected, at the beginning of a session day and not within an hour.
    from_ts    DateTime64(3, 'UTC'),
    -- The time of the rebase: what is recorded from then on is right by itself.
    to_ts      DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (account_id, rebase)
SETTINGS non_replicated_deduplication_window = 10000;
