-- Voids: a settlement or cash event that is voided keeps its row, and the void has one beside it, of kind `void`, with
-- what it changed: sums over the tables are right, and `of` names the event. Views are made anew, since a view that
-- exists keeps its query; nothing is inserted while the schema is brought up to date.

ALTER TABLE settlements ADD COLUMN IF NOT EXISTS of String AFTER kind;

ALTER TABLE cash_flows ADD COLUMN IF NOT EXISTS of String AFTER kind;

DROP VIEW IF EXISTS settlements_of_effects;

CREATE MATERIALIZED VIEW IF NOT EXISTS settlements_of_effects TO settlements AS
SELECT
    account_id, ts, event_ts, sequence, idx, id, kind, if(kind = 'void', detail, '') AS of, source, symbol, side,
    quantity, price, currency, fee, fee_currency, fee_quantity, cash_effect, realized, realized_base, fees, fees_base,
    flow_base, rate, quantity_before, quantity_after, cost_before, cost_after, position_realized, tick
FROM effects
WHERE kind IN ('fill', 'transfer') OR (kind = 'void' AND startsWith(subject, 'settlements.'));

DROP VIEW IF EXISTS cash_flows_of_effects;

CREATE MATERIALIZED VIEW IF NOT EXISTS cash_flows_of_effects TO cash_flows AS
SELECT
    account_id, ts, event_ts, effective_at, sequence, idx, id, kind, if(kind = 'void', detail, '') AS of,
    if(kind = 'void', cash_effect, amount) AS amount, currency, to_currency, to_amount, symbol, notes, cash_effect,
    flow_base, income_base, fees_base, rate, equity_before, nav_before, units, tick
FROM effects
WHERE kind IN ('deposit', 'withdrawal', 'fee', 'dividend', 'interest', 'conversion')
    OR (kind = 'void' AND startsWith(subject, 'cash.'));
