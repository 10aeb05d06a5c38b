/**
 * A sent statement over a connection of the engine: selects leave in chunks where their format allows it, inserts go
 * in as text or as a file, the rest runs as it is. Knows nothing of HTTP.
 */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../config/limits.ts';
import type { Engine, EngineConnection } from './engine.ts';
import { headerRecords, readInline, recordsEnd } from './formats.ts';
import type { SentStatement } from './request-body.ts';
import type { RequestParameters } from './request-parameters.ts';
import { sessionStatements } from './session-statements.ts';
import { quoteString } from './sql-text.ts';
import { asStoreError, type StoreError } from './store-error.ts';

export interface Summary {
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
  readonly writtenBytes: number;
  readonly elapsedSeconds: number;
}

export interface Outcome {
  readonly format: string;
  readonly summary: Summary;
  /** Of the result; throws a StoreError when the query fails midway. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Cancels what still runs and gives the connection back. To be called once, in any case. */
  close(): Promise<void>;
}

type Result = Omit<Outcome, 'close'> & { readonly source?: AsyncGenerator<Uint8Array, void, undefined> };

const nothing: Summary = { readRows: 0, readBytes: 0, writtenRows: 0, writtenBytes: 0, elapsedSeconds: 0 };

export async function execute(
  engine: Engine,
  sent: SentStatement,
  parameters: RequestParameters,
  spoolDirectory: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const connection = engine.connect(signal);
  try {
    const { source, ...result } = await start(connection, sent, parameters, spoolDirectory);
    return {
      ...result,
      async close() {
        await source?.return();
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    throw explained(asStoreError(error), parameters);
  }
}

async function start(
  connection: EngineConnection,
  sent: SentStatement,
  parameters: RequestParameters,
  spoolDirectory: string,
): Promise<Result> {
  const { statement, text } = sent;
  const format = statement.format ?? parameters.defaultFormat;
  const slot = statement.kind === 'select' ? 'read' : 'write';
  const records = streamedHeaderRecords(sent, parameters, format);
  const resultBytesMax =
    records === null && statement.kind !== 'insert' ? limits.storeBufferedResultBytesMax : null;
  await connection.run(slot, sessionStatements(parameters, resultBytesMax), 'Null');

  if (statement.kind === 'insert') {
    return { format, summary: await insert(connection, sent, spoolDirectory), chunks: prefixed([]) };
  }
  const sql = statement.kind === 'kill' ? killByQueryId(text) : text.slice(0, statement.end);
  if (records !== null) {
    const source = connection.stream(sql, format);
    // The first chunk decides whether the answer is a result or an error.
    const first = await source.next();
    const rest = first.done === true ? undefined : withoutHeaders(source, records, format);
    return {
      format,
      summary: nothing,
      chunks: prefixed(first.done === true ? [] : [first.value], rest),
      source,
    };
  }
  const { bytes, rowsRead, bytesRead, elapsed } = await connection.run(slot, sql, format);
  const summary = { ...nothing, readRows: rowsRead, readBytes: bytesRead, elapsedSeconds: elapsed };
  return { format, summary, chunks: prefixed(bytes.length === 0 ? [] : [bytes]) };
}

/** null: the result has to leave as one document. */
function streamedHeaderRecords(
  sent: SentStatement,
  parameters: RequestParameters,
  format: string,
): number | null {
  if (sent.statement.kind !== 'select' || sent.statement.totals) return null;
  const changesShape = /output_format_json_array_of_rows|extremes/;
  const settings = [...parameters.settings.keys()].join(' ');
  return changesShape.test(sent.text) || changesShape.test(settings) ? null : headerRecords(format);
}

async function insert(
  connection: EngineConnection,
  sent: SentStatement,
  spoolDirectory: string,
): Promise<Summary> {
  const { statement, data, text } = sent;
  if (data === null) {
    const { rowsRead, bytesRead, elapsed } = await connection.run(
      'write',
      text.slice(0, statement.end),
      'Null',
    );
    return { ...nothing, readRows: rowsRead, readBytes: bytesRead, elapsedSeconds: elapsed };
  }
  const inline = statement.inputAt === null && readInline(statement.format ?? '');
  if (inline && typeof data !== 'string' && data.length > 0) {
    const { rowsWritten, bytesWritten, elapsed } = await connection.insert(text, data);
    return { ...nothing, writtenRows: rowsWritten, writtenBytes: bytesWritten, elapsedSeconds: elapsed };
  }
  if (typeof data === 'string') return insertFile(connection, sent, data);
  const path = join(spoolDirectory, randomUUID());
  try {
    await writeFile(path, data, { mode: 0o600 });
    return await insertFile(connection, sent, path);
  } finally {
    await rm(path, { force: true });
  }
}

async function insertFile(connection: EngineConnection, sent: SentStatement, path: string): Promise<Summary> {
  const { rowsRead, bytesRead, elapsed } = await connection.run('write', insertFromFile(sent, path), 'Null');
  return { ...nothing, writtenRows: rowsRead, writtenBytes: bytesRead, elapsedSeconds: elapsed };
}

/** The same insert, with its data read from a file. `input('...')` is a server's: a file has the same meaning. */
function insertFromFile({ statement, text }: SentStatement, path: string): string {
  const formatAt = statement.formatAt ?? text.length;
  const format = statement.format ?? '';
  if (statement.inputAt !== null) {
    const before = text.slice(0, statement.inputAt);
    const after = text.slice(statement.inputAt, formatAt).replace(/^input\s*\(/i, '');
    return `${before}file(${quoteString(path)}, ${quoteString(format)}, ${after}`;
  }
  const at = Math.min(statement.settingsAt ?? formatAt, formatAt);
  const end = format === 'Values' ? 'FORMAT Values' : `FORMAT ${format}`;
  return `${text.slice(0, at)} FROM INFILE ${quoteString(path)} COMPRESSION 'none' ${text.slice(at, formatAt)} ${end}`;
}

/** The id that a request gave to a query is known by its log comment. */
function killByQueryId(text: string): string {
  return text.replace(/\bquery_id\b/g, "Settings['log_comment']");
}

async function* withoutHeaders(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  records: number,
  format: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield chunk.subarray(recordsEnd(chunk, records, format));
}

async function* prefixed(
  head: readonly Uint8Array[],
  rest?: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* head;
  if (rest === undefined) return;
  try {
    yield* rest;
  } catch (error) {
    throw asStoreError(error);
  }
}

function explained(error: StoreError, parameters: RequestParameters): StoreError {
  if (error.code !== 164 || parameters.settings.get('readonly') !== '2') return error;
  error.message = error.message.replace(
    ' (READONLY)',
    ' For queries over HTTP, method GET implies readonly. You should use method POST for modifying queries. (READONLY)',
  );
  return error;
}
