/**
 * Answers in pages: rows in the order of a key, and a cursor that names the last row's key and how many rows of that key
 * were shown. Rows may share a key where it has every column, since then they are the same to whoever reads them: two
 * amounts that waited for one rate are booked at one tick, and have no id. Knows no view.
 */
import { isId } from '../domain/identifier.ts';
import { isDate } from '../domain/session-day.ts';
import { textOf, type Columns, type Kind, type RawRow } from './columns.ts';
import { wrong } from './parameters.ts';

/** What follows a view in a statement: where to begin, in which order, and one row more than asked for. */
export function pageClause(
  columns: Columns,
  key: readonly string[],
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): string {
  const names = key.join(', ');
  const order = `ORDER BY ${names} LIMIT ${limit + 1}`;
  if (after === undefined) return ` ${order}`;
  const { values, shown } = cursorOf(columns, key, after);
  return ` WHERE (${names}) >= (${values}) ${order} OFFSET ${shown}`;
}

/** The rows of the page, and the cursor of the next one; null where there is none. */
export function pageOf(
  rows: readonly RawRow[],
  key: readonly string[],
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): { readonly rows: readonly RawRow[]; readonly next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  if (rows.length <= limit || last === undefined) return { rows: shown, next: null };
  const valuesOf = (row: RawRow): string[] => key.map((name) => textOf(row[name]));
  const values = valuesOf(last);
  const isSame = (others: readonly unknown[]): boolean => values.every((value, i) => value === others[i]);
  const alike = shown.filter((row) => isSame(valuesOf(row))).length;
  // A page of nothing but the key that it began at goes on where that one was.
  const before = after === undefined ? [] : decode(after);
  const skipped = isSame(before) ? Number(before[key.length]) : 0;
  return { rows: shown, next: encode([...values, alike + skipped]) };
}

function encode(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The key's values as SQL, and how many rows of it were shown. Throws Problem: 400. */
function cursorOf(
  columns: Columns,
  key: readonly string[],
  cursor: string,
): { values: string; shown: number } {
  const values = decode(cursor);
  const literals = key.map((name, i) => literal(columns[name], values[i]));
  const shown = values[key.length];
  const isCount = typeof shown === 'number' && Number.isSafeInteger(shown) && shown > 0;
  if (values.length !== key.length + 1 || literals.includes(null) || !isCount) {
    throw wrong('after', 'must be the `next` of a page before');
  }
  return { values: literals.join(', '), shown };
}

function decode(cursor: string): unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(values) ? values : [];
  } catch {
    return [];
  }
}

/** null where it is no such value. */
function literal(kind: Kind | undefined, value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (kind === 'count') return /^\d{1,16}$/.test(value) ? value : null;
  if (kind === 'money') return /^-?\d{1,16}$/.test(value) ? value : null;
  // A late booking has no id.
  if (kind === 'text') return value === '' || isId(value) ? `'${value}'` : null;
  if (kind === 'date') return isDate(value) ? `toDate32('${value}')` : null;
  const isTime = kind === 'time' && /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}$/.test(value);
  return isTime && !Number.isNaN(Date.parse(`${value.replace(' ', 'T')}Z`))
    ? `toDateTime64('${value}', 3, 'UTC')`
    : null;
}
