/**
 * The form of an answer from ClickHouse: a table for people, or every row and column as JSON or CSV, as it comes. Knows
 * no command.
 */
import type { Command } from 'commander';
import type { StoreDoor } from '../client/store.ts';
import { UsageError, wantsJson } from './context.ts';
import { printLines, printRows } from './sql.ts';

export type Form = 'table' | 'json' | 'csv';

export interface FormOptions {
  readonly csv?: boolean;
}

export function withCsvOption(command: Command): Command {
  return command.option('--csv', 'answer in CSV');
}

/** Throws UsageError. */
export function formOf({ csv }: FormOptions, command: Command): Form {
  const json = wantsJson(command);
  if (json && csv === true) throw new UsageError('give --csv or --json, not both');
  if (csv === true) return 'csv';
  return json ? 'json' : 'table';
}

export async function printWhole(store: StoreDoor, form: 'json' | 'csv', statement: string): Promise<void> {
  const { lines } = await store.run(statement, { format: form === 'csv' ? 'CSVWithNames' : 'JSONEachRow' });
  await (form === 'csv' ? printLines(lines) : printRows(lines));
}
