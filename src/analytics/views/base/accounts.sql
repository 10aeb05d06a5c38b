-- accounts: every account of the ledger as it is configured, one row each. An account whose curve was inserted by
-- somebody else is not among them, and has the defaults of the configuration.
CREATE OR REPLACE VIEW accounts AS
SELECT
    account_id,
    name,
    base_currency,
    account_type,
    benchmark,
    timezone,
    cutover,
    if(calendar != '', calendar, ifNull((SELECT nullIf(argMax(value, ts), '') FROM settings WHERE key = 'accounts.calendar'), 'weekdays')) AS calendar,
    state,
    ts
FROM account_changes FINAL;
