/** What a row of a file becomes: something to send, or a refusal. Knows no format and no way to send. */

export interface ImportRecord {
  readonly subject: string;
  /** The message as JSON text. */
  readonly body: string;
  /** For prices: the message as an element of a batch; '' for others. */
  readonly batchBody: string;
  /** Milliseconds since the epoch; NaN where the row has no time. */
  readonly ts: number;
  /** Of the file. */
  readonly line: number;
}

export interface RefusedRow {
  readonly line: number;
  /** A word for programs. */
  readonly reason: string;
  /** For people: the field at fault, and how. */
  readonly detail: string;
}

export type RowReader = (cells: readonly string[], line: number) => ImportRecord | RefusedRow;

export function isRefused(row: ImportRecord | RefusedRow): row is RefusedRow {
  return 'reason' in row;
}

export function malformed(line: number, detail: string): RefusedRow {
  return { line, reason: 'malformed', detail };
}
