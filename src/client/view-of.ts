/**
 * A parameterized view with its arguments, as SQL text, in one of the two readings of history. Values are quoted here;
 * which arguments a view takes is its caller's business.
 */

export interface Reading {
  readonly asRecorded?: boolean | undefined;
}

/** Milliseconds since the epoch; `from` inclusive, `to` exclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** DateTime64(3) is exact far beyond; no curve begins before or ends after. */
export const allTime: TimeRange = { from: Date.UTC(1970, 0, 1), to: Date.UTC(2200, 0, 1) };

export function viewOf(
  name: string,
  { asRecorded }: Reading,
  values: Readonly<Record<string, string | number>>,
): string {
  const given = Object.entries(values).map(([key, value]) => `${key} = ${literal(value)}`);
  return `${name}${asRecorded === true ? '_as_recorded' : ''}(${given.join(', ')})`;
}

/** What every view of an account's history begins with. */
export function rangeValues(account: string, { from, to }: TimeRange): Record<string, string> {
  return { account_id: account, from: sqlTime(from), to: sqlTime(to) };
}

/** As ClickHouse reads it: "2026-01-31 17:00:00.000", in UTC. */
export function sqlTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}

function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
