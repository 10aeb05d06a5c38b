/** Lengths of time as they are written in the configuration: 250ms, 1s, 15m, 1h, 7d. */

const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const periodText = /^([1-9]\d{0,8})(ms|s|m|h|d)$/;

/** Milliseconds of a period; null where the text is none. */
export function parsePeriodMs(text: string): number | null {
  const match = periodText.exec(text);
  if (match === null) return null;
  return Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs];
}

/** Milliseconds of a period that the configuration has already judged. */
export function periodMs(text: string): number {
  const ms = parsePeriodMs(text);
  if (ms === null) throw new RangeError(`not a period: ${text}`);
  return ms;
}
