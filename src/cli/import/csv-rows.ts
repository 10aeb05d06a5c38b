/**
 * The rows of a CSV file, plain or gzip, or of stdin, some at a time and never more than a bound ahead of who takes
 * them. A row that is no CSV is handed on as such, with its line. Knows no column.
 */
import { createReadStream, statSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse, type CsvError, type InfoRecord, type Options, type Parser } from 'csv-parse';
import { limits } from '../../../config/limits.ts';
import { Failure } from '../context.ts';

export interface CsvRow {
  /** Line of the file that the row ends on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** What is wrong with it as CSV; '' if nothing is. */
  readonly problem: string;
}

export interface CsvFile {
  /** As it stands in messages. */
  readonly name: string;
  /** Bytes on disk; null for stdin, which can be read only once. */
  readonly bytes: number | null;
  /** Of this reading. */
  bytesRead(): number;
  /** From the beginning: the header comes as the first row. Throws Failure where the file cannot be read on. */
  rows(): AsyncIterable<readonly CsvRow[]>;
}

/** `-` is stdin. Throws Failure. */
export function openCsv(path: string): CsvFile {
  const isStdin = path === '-';
  const name = isStdin ? 'stdin' : path;
  const bytes = isStdin ? null : sizeOf(path);
  let bytesRead = 0;
  return {
    name,
    bytes,
    bytesRead: () => bytesRead,
    rows() {
      const source: Readable = isStdin ? process.stdin : createReadStream(path);
      bytesRead = 0;
      source.on('data', (chunk: Buffer) => (bytesRead += chunk.length));
      source.pause();
      return rowsOf(source, name);
    },
  };
}

function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new Failure(`there is no file ${path}`);
  if (found.isDirectory()) throw new Failure(`${path} is a directory, not a file`);
  return found.size;
}

async function* rowsOf(source: Readable, name: string): AsyncGenerator<readonly CsvRow[]> {
  const skipped: CsvRow[] = [];
  const parser = parserInto(skipped);
  const state: { ended: boolean; broken: Error | null } = { ended: false, broken: null };
  let wake = (): void => undefined;
  const stir = (): void => wake();
  parser.on('readable', stir);
  pipeline(Readable.from(unpacked(source)), parser, (error) => {
    state.broken = error ?? null;
    state.ended = true;
    stir();
  });
  for (;;) {
    const rows = skipped.splice(0);
    for (let row: CsvRow | null; rows.length < limits.importRowsReadAhead; rows.push(row)) {
      row = parser.read() as CsvRow | null;
      if (row === null) break;
    }
    if (rows.length > 0) yield rows.sort((a, b) => a.line - b.line);
    else if (state.broken !== null) throw unreadable(state.broken, name, parser);
    else if (state.ended) return;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

function parserInto(skipped: CsvRow[]): Parser {
  const options = {
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: limits.importRowCharsMax,
    readableHighWaterMark: limits.importRowsReadAhead,
    on_record: (cells: string[], { lines }: InfoRecord): CsvRow => ({
      line: lines,
      cells: trimmed(cells),
      problem: '',
    }),
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined): undefined => {
      if (error !== undefined) skipped.push({ line: lineOf(error), cells: [], problem: inWords(error.code) });
      return undefined;
    },
  };
  // The types of csv-parse know neither the stream's own options nor records of another type.
  return parse(options as unknown as Options);
}

/** In place: few cells have space around them. */
function trimmed(cells: string[]): string[] {
  for (const [i, cell] of cells.entries()) {
    if (cell.charCodeAt(0) <= space || cell.charCodeAt(cell.length - 1) <= space) cells[i] = cell.trim();
  }
  return cells;
}

const space = 0x20;

/** CSV_QUOTE_NOT_CLOSED is "quote not closed". */
function inWords(code: string): string {
  return code.replace(/^CSV_/, '').replaceAll('_', ' ').toLowerCase();
}

function lineOf(error: CsvError): number {
  const { lines } = error as CsvError & { lines?: unknown };
  return typeof lines === 'number' ? lines : 0;
}

const gzipMagic = [0x1f, 0x8b];

/** Told by its first bytes, not by its name: stdin has none. */
async function* unpacked(source: Readable): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  const isGzip = gzipMagic.every((byte, i) => first.value[i] === byte);
  if (!isGzip) {
    yield* whole();
    return;
  }
  const plain = pipeline(Readable.from(whole()), createGunzip(), () => undefined);
  yield* plain as AsyncIterable<Buffer>;
}

function unreadable(error: Error, name: string, parser: Parser): Failure {
  return new Failure(`${name} cannot be read beyond line ${parser.info.lines}: ${error.message}`);
}
