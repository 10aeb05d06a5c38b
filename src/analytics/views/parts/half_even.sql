-- @over / @under rounded half to even, both of type Int256, the second above 0. (2 |n| + d) / 2d rounds half up; where that
-- division leaves nothing it was a tie, and an odd result is one too many. Within an arrayMap, since every mention of a
-- column costs analysis in proportion to the query that it comes from.
arrayMap(
    (n, d) -> if(n < 0, -1, 1) * (
        intDiv(2 * toInt256(abs(n)) + d, 2 * d)
        - ((modulo(2 * toInt256(abs(n)) + d, 2 * d) = 0) AND (modulo(intDiv(2 * toInt256(abs(n)) + d, 2 * d), 2) = 1))
    ),
    [@over], [@under]
)[1]
