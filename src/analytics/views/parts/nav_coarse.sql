-- Text that views of peaks and falls include: the way of nav, up to 200,000 rows of the curve as they are; beyond, and
-- where rows have expired, by hours, each at its last row's time, and by the rows of those that the range cuts.
SELECT @include nav_hour_columns()
FROM (@include nav_hours())
UNION ALL
@include nav_rows()
    AND (are_few OR ts < toStartOfHour(since) + INTERVAL 1 HOUR OR ts >= toStartOfHour(until))
