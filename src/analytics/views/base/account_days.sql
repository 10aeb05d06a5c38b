-- account_days(account_id): by which session days an account's figures are taken: one row, whoever it is.
CREATE OR REPLACE VIEW account_days AS
WITH
    (
        SELECT argMax((timezone, cutover, calendar, base_currency), sequence)
        FROM account_changes WHERE account_id = {account_id:String}
    ) AS own,
    (SELECT maxMap(map(key, value)) FROM settings FINAL WHERE startsWith(key, 'accounts.')) AS configured,
    coalesce(nullIf(own.2, ''), nullIf(configured['accounts.cutover'], ''), '17:00') AS cutover
SELECT
    coalesce(nullIf(own.1, ''), nullIf(configured['accounts.timezone'], ''), 'America/New_York') AS timezone,
    toUInt16(substring(cutover, 1, 2)) * 60 + toUInt16(substring(cutover, 4, 2)) AS cutover_minutes,
    coalesce(nullIf(own.3, ''), nullIf(configured['accounts.calendar'], ''), 'weekdays') AS calendar,
    coalesce(nullIf(own.4, ''), nullIf(configured['accounts.base_currency'], ''), 'USD') AS base_currency;
