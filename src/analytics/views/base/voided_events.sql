-- voided_events(account_id): the settlements and cash events of an account that were voided, by area, symbol and place in
-- the ledger (sequence, idx), each with the place and the time of its void.
CREATE OR REPLACE VIEW voided_events AS
SELECT * FROM (@include voided(table = settlements, area = settlements))
UNION ALL
SELECT * FROM (@include voided(table = cash_flows, area = cash));
