/**
 * The addon of the package `chdb`, typed. Used below the package's own Session, because a request needs a connection
 * of its own (settings, parameters and database stick to a connection) that is closed as soon as its own call has
 * ended, and an insert whose text is any statement. Knows nothing of HTTP.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

declare const connectionBrand: unique symbol;
declare const streamBrand: unique symbol;
export interface NativeConnection {
  readonly [connectionBrand]: true;
}
export interface NativeStream {
  readonly [streamBrand]: true;
}

export interface NativeResult {
  readonly bytes: Uint8Array;
  /** Seconds. */
  readonly elapsed: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

export interface NativeInsertResult {
  readonly elapsed: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
}

export type NativeChunk =
  { readonly done: true } | { readonly done: false; readonly bytes: Uint8Array; readonly numRows: number };

/** Calls that return a promise run on libuv's pool; a connection must not be closed while one of its calls runs. */
export interface Native {
  CreateConnection(path: string, args: readonly string[]): NativeConnection | null;
  CloseConnection(connection: NativeConnection): void;
  QueryAsyncConnection(connection: NativeConnection, sql: string, format: string): Promise<NativeResult>;
  /** The statement's text with its inline data appended as bytes; for text formats only. */
  InsertRawAsyncConnection(
    connection: NativeConnection,
    statement: string,
    data: Uint8Array,
    countLines: boolean,
  ): Promise<NativeInsertResult>;
  /** Selects only. Each chunk is formatted as a document of its own. */
  StreamQuery(connection: NativeConnection, sql: string, format: string): NativeStream;
  StreamFetch(stream: NativeStream): Promise<NativeChunk>;
  StreamCancel(stream: NativeStream): void;
}

export function loadNative(): Native {
  const require = createRequire(import.meta.url);
  const loader = join(dirname(require.resolve('chdb/package.json')), 'dist', 'loader.js');
  return (require(loader) as { loadNative(): Native }).loadNative();
}
