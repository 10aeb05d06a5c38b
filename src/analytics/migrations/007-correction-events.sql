-- Corrections of history and the rebases that followed, few rows of `effects`: what of them is still to be done is asked
-- every second. Corrections from before this migration are not among them: nothing of their accounts waits for a rebase.
-- The next correction of such an account takes them along.
CREATE TABLE IF NOT EXISTS correction_events
(
    account_id String,
    sequence   UInt64,
    idx        UInt32,
    -- void, deposit or withdrawal (dated back), rebase.
    kind       LowCardinality(String),
    ts         DateTime64(3, 'UTC'),
    -- Of a rebase: LEDGER sequence of the last correction that it covers.
    of         UInt64
)
ENGINE = MergeTree
ORDER BY (account_id, sequence, idx)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS correction_events_of_effects TO correction_events AS
SELECT account_id, sequence, idx, kind, ts, if(kind = 'rebase', toUInt64OrZero(detail), 0) AS of
FROM effects
WHERE kind IN ('void', 'rebase') OR (kind IN ('deposit', 'withdrawal') AND effective_at < ts);
