/** The percentiles that a load test shows; 100 is the maximum. */
export const shownPercentiles = [50, 90, 99, 99.9, 100] as const;
