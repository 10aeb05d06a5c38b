-- Up to when prices count for the moment @at: the time of the last row of the curve before it, which is valued with them.
SELECT max(ts) FROM (@include curve_last@reading(at = @at, by = row))
