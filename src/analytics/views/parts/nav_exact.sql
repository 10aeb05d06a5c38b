-- Text that views of peaks and falls include: the way of nav in as few rows as tell every fall exactly.
-- A few rows of the curve (nav_constants) are taken as they are. Beyond, they are hours, and an hour that reaches the peak
-- so far is opened to its rows, as are those that the range cuts. Any other hour lies below the peak, where the order of
-- what is in it does not matter: low / peak - 1 is its fall, and low_ts says when. Where rows have expired, the hour
-- stands for them at its last row's time.
-- (A view within a view is analysed twice more, which costs more than reading a day of rows.)
SELECT @include nav_hour_columns()
FROM (@include nav_hours())
WHERE is_below
UNION ALL
@include nav_rows()
    AND (
        are_few OR ts < toStartOfHour(since) + INTERVAL 1 HOUR OR ts >= toStartOfHour(until)
        OR toDateTime64(toStartOfHour(ts), 3, 'UTC') IN (SELECT ts FROM (@include nav_hours()) WHERE NOT is_below)
    )
