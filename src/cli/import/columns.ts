/**
 * Which column of a file is which field: by the header's names, by the usual other names, or as --columns says. Knows
 * the names, not what they mean.
 */
import { Failure, UsageError } from '../context.ts';

export interface FieldNames {
  /** What a header may call the field, the best name first. */
  readonly names: readonly string[];
  readonly required: boolean;
}

export type Layout = Readonly<Record<string, FieldNames>>;

/** Column index by field; absent where the file has no such column. */
export type Columns = ReadonlyMap<string, number>;

/** `price=PX_LAST,symbol=Ticker`: our name to the file's. Throws UsageError. */
export function parseColumnNames(text: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [ours, theirs, more] = pair.split('=').map((part) => part.trim());
    if (!ours || !theirs || more !== undefined) {
      throw new UsageError(`--columns is a list such as symbol=Ticker,price=PX_LAST, not ${text}`);
    }
    given.set(ours, theirs);
  }
  return given;
}

/** Throws Failure where a required field has no column, UsageError where --columns names what is not there. */
export function findColumns(
  header: readonly string[],
  layout: Layout,
  given: ReadonlyMap<string, string>,
): Columns {
  const places = new Map<string, number>();
  for (const [i, name] of header.entries()) if (!places.has(normal(name))) places.set(normal(name), i);
  const columns = new Map<string, number>();
  for (const [field, theirs] of given) {
    const at = places.get(normal(theirs));
    if (layout[field] === undefined) {
      throw new UsageError(`--columns: there is no ${field} here, only ${Object.keys(layout).join(', ')}`);
    }
    if (at === undefined) throw new UsageError(`--columns: the file has no column ${theirs}`);
    columns.set(field, at);
  }
  for (const [field, { names, required }] of Object.entries(layout)) {
    const at =
      columns.get(field) ?? names.map((name) => places.get(name)).find((place) => place !== undefined);
    if (at !== undefined) columns.set(field, at);
    else if (required) throw missing(field, header);
  }
  return columns;
}

function missing(field: string, header: readonly string[]): Failure {
  return new Failure(
    `the file has no column ${field} (its header is ${header.join(', ')}): name it with --columns ${field}=<column>`,
  );
}

function normal(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}
