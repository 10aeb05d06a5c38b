-- The base currency of an account of a view with the parameter account_id, and the pivot currency of rates: one row.
SELECT
    coalesce(nullIf(own, ''), nullIf(configured.1, ''), 'USD') AS base_currency,
    if(configured.2 = 0, 'USD', configured.3) AS pivot
FROM
(
    SELECT argMax(toString(base_currency), sequence) AS own FROM account_changes WHERE account_id = {account_id:String}
) AS account
CROSS JOIN
(
    SELECT (maxIf(value, key = 'accounts.base_currency'), countIf(key = 'fx.pivot'), maxIf(value, key = 'fx.pivot')) AS configured
    FROM settings FINAL
) AS installation
