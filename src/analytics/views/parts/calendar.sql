-- In a WITH of a view with the parameter account_id: the account's zone, cut-over (minutes after midnight), calendar and
-- base currency; session_of(moment) the session day it is in; weekday_of(day) the day of the calendar it counts for.
(
    SELECT argMax((timezone, cutover, calendar, base_currency), sequence)
    FROM account_changes WHERE account_id = {account_id:String}
) AS own,
(SELECT maxMap(map(key, value)) FROM settings FINAL) AS configured,
coalesce(nullIf(own.1, ''), nullIf(configured['accounts.timezone'], ''), 'America/New_York') AS zone,
coalesce(nullIf(own.2, ''), nullIf(configured['accounts.cutover'], ''), '17:00') AS cutover,
toUInt16(substring(cutover, 1, 2)) * 60 + toUInt16(substring(cutover, 4, 2)) AS cutover_minutes,
coalesce(nullIf(own.3, ''), nullIf(configured['accounts.calendar'], ''), 'weekdays') AS calendar,
coalesce(nullIf(own.4, ''), nullIf(configured['accounts.base_currency'], ''), 'USD') AS base_currency,
(moment) -> toDate(toTimeZone(moment, zone))
    + (cutover_minutes > 0 AND toHour(toTimeZone(moment, zone)) * 60 + toMinute(toTimeZone(moment, zone)) >= cutover_minutes)
    AS session_of,
(day) -> day + if(calendar = 'weekdays', [0, 0, 0, 0, 0, 2, 1][toDayOfWeek(day)], 0) AS weekday_of
