/** The rows of a file as records, or as what is wrong with them, in the file's order or in the order of time. */
import { basename } from 'node:path';
import { limits } from '../../../config/limits.ts';
import { Failure, UsageError } from '../context.ts';
import { countText } from '../format.ts';
import { findColumns } from './columns.ts';
import type { CsvFile, CsvRow } from './csv-rows.ts';
import { eventReader } from './event-rows.ts';
import { layouts, type ImportKind } from './layouts.ts';
import { priceReader } from './price-rows.ts';
import { isRefused, malformed, type ImportRecord, type RefusedRow, type RowReader } from './record.ts';
import { timeFields, type RowTime } from './row-time.ts';

export interface RecordSource {
  readonly file: CsvFile;
  readonly kind: ImportKind;
  /** Our names of fields to the file's names of columns. */
  readonly columnNames: ReadonlyMap<string, string>;
  /** Whether the rows go by their time: paced, or with ticks. */
  readonly goesByTime: boolean;
}

export type ReadRow = ImportRecord | RefusedRow;

/**
 * Rows that go by their time come in its order: a file that is in order streams, another one is sorted in memory, up
 * to a bound. stdin comes as it is. Throws Failure and UsageError for a header that does not do.
 */
export async function* readRecords(source: RecordSource, time: RowTime): AsyncGenerator<readonly ReadRow[]> {
  const { file, goesByTime } = source;
  const streams = !goesByTime || file.bytes === null || (await isInOrder(source, time));
  if (streams) yield* inFileOrder(source, time);
  else yield await inOrderOfTime(source, time);
}

async function* inFileOrder(source: RecordSource, time: RowTime): AsyncGenerator<readonly ReadRow[]> {
  let read: RowReader | null = null;
  let width = 0;
  for await (const rows of source.file.rows()) {
    const records: ReadRow[] = [];
    for (const row of rows) {
      if (read === null) {
        read = readerOf(row, source, time);
        width = row.cells.length;
      } else records.push(recordOf(row, width, read));
    }
    if (records.length > 0) yield records;
  }
}

async function isInOrder(source: RecordSource, time: RowTime): Promise<boolean> {
  let last = -Infinity;
  for await (const records of inFileOrder(source, time)) {
    for (const record of records) {
      if (isRefused(record)) continue;
      if (record.ts < last) return false;
      last = record.ts;
    }
  }
  return true;
}

/** Rows of the same time keep the file's order; what is refused comes first. */
async function inOrderOfTime(source: RecordSource, time: RowTime): Promise<readonly ReadRow[]> {
  const refused: RefusedRow[] = [];
  const records: ImportRecord[] = [];
  for await (const rows of inFileOrder(source, time)) {
    for (const row of rows)
      if (isRefused(row)) refused.push(row);
      else records.push(row);
    if (records.length <= limits.importRowsSortedMax) continue;
    throw new Failure(
      `${source.file.name} is not in the order of time, and has more than the ${countText(limits.importRowsSortedMax)} rows that are sorted here: sort it first`,
    );
  }
  return [...refused, ...records.sort((a, b) => a.ts - b.ts)];
}

function recordOf({ line, cells, problem }: CsvRow, width: number, read: RowReader): ReadRow {
  if (problem !== '') return malformed(line, problem);
  if (cells.length !== width) {
    return malformed(line, `${cells.length} columns, where the header has ${width}`);
  }
  return read(cells, line);
}

function readerOf(header: CsvRow, source: RecordSource, time: RowTime): RowReader {
  const { kind, file, columnNames, goesByTime } = source;
  const columns = findColumns(header.cells, layouts[kind], columnNames);
  if (goesByTime && !timeFields.some((field) => columns.has(field))) {
    throw new UsageError(
      'the file has no column of times (ts_ms, ts, date), which a --speed and --ticks go by',
    );
  }
  return kind === 'prices'
    ? priceReader(columns, time)
    : eventReader(kind, columns, time, basename(file.name));
}
