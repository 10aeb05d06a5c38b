-- Up to when prices count for the moment @at.
parseDateTime64BestEffort(@at, 3, 'UTC')
