/** The ranges that a chart offers. */

const hourMs = 3_600_000;

export const ranges = [
  { name: '1h', lengthMs: hourMs, about: 'one hour' },
  { name: '1d', lengthMs: 24 * hourMs, about: 'one day' },
  { name: '1w', lengthMs: 7 * 24 * hourMs, about: 'one week' },
  { name: '1m', lengthMs: 30 * 24 * hourMs, about: 'one month' },
  { name: '1y', lengthMs: 365 * 24 * hourMs, about: 'one year' },
  { name: 'all', lengthMs: Infinity, about: 'all of it' },
] as const;

export type Range = (typeof ranges)[number];
export const firstRange: Range = ranges[0];
