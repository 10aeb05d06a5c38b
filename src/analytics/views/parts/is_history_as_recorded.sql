-- Whether a row was recorded.
corrected = 0
