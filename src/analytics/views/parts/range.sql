-- In a WITH behind calendar, of a view with the parameters from and to: which session days the range is, first_date
-- inclusive, end_date exclusive. Session days are taken whole. A date, or midnight UTC, is the session day of that date:
-- `from` the first one, `to` the first one that is out. Any other time is the session day that contains it: `from` the
-- first one, `to` the last one.
-- What a Date can be: from 1970 to 2149.
greatest(parseDateTime64BestEffort({from:String}, 3, 'UTC'), toDateTime64('1970-01-01', 3, 'UTC')) AS since,
least(parseDateTime64BestEffort({to:String}, 3, 'UTC'), toDateTime64('2149-06-01', 3, 'UTC')) AS until,
if(since = toStartOfDay(since), toDate(since), session_of(since)) AS first_date,
if(until = toStartOfDay(until), toDate(until), session_of(until - toIntervalMillisecond(1)) + 1) AS end_date
