/**
 * The embedded ClickHouse engine over one data directory: opens it, lends connections, stops queries by their id.
 * One per process (the engine's own rule). Every call waits for a slot and runs off the event loop. Knows nothing of
 * HTTP.
 */
import type { Native, NativeConnection, NativeInsertResult, NativeResult, NativeStream } from './native.ts';
import { createSlots, type SlotKind } from './slots.ts';
import { quoteString } from './sql-text.ts';
import { StoreError } from './store-error.ts';

export interface EngineConnection {
  /** A statement and its whole result. */
  run(kind: SlotKind, sql: string, format: string): Promise<NativeResult>;
  /** An INSERT with its data inline, in a text format. */
  insert(statement: string, data: Uint8Array): Promise<NativeInsertResult>;
  /** A select, chunk by chunk, each formatted as a document of its own. Ending the iteration cancels the query. */
  stream(sql: string, format: string): AsyncGenerator<Uint8Array, void, undefined>;
  /** Not while a call is under way. */
  close(): void;
}

export interface Engine {
  readonly version: string;
  /** Calls that have not begun when the signal is aborted fail; those that run are stopped by `stop`. */
  connect(signal: AbortSignal): EngineConnection;
  /** Asks the queries that carry these ids to stop; resolves when asked, not when they have stopped. */
  stop(queryIds: readonly string[]): Promise<void>;
  /** After the last connection was closed. */
  close(): void;
}

/**
 * Settings under which a connection answers as a server does: the embedded engine takes expressions without SELECT,
 * allows introspection, and would show times in the zone of the machine.
 */
const serverLikeSettings = "implicit_select = 0, allow_introspection_functions = 0, session_timezone = 'UTC'";

/** Throws what the engine throws when the directory cannot be opened. */
export async function openEngine(native: Native, directory: string, configFile: string): Promise<Engine> {
  // A configuration file named here keeps the engine from loading a config.xml of the working directory.
  const open = (): NativeConnection => {
    const connection = native.CreateConnection(directory, [`--config-file=${configFile}`]);
    if (connection === null) throw new Error(`the embedded engine gave no connection for ${directory}`);
    return connection;
  };
  const slots = createSlots();
  // Kept open: the engine shuts down with its last connection.
  const keeper = open();

  function connect(signal: AbortSignal): EngineConnection {
    const connection = open();
    let prepared = false;
    async function prepare(): Promise<void> {
      if (signal.aborted) throw new StoreError(394, 'QUERY_WAS_CANCELLED', 'Query was cancelled.');
      if (prepared) return;
      prepared = true;
      await native.QueryAsyncConnection(connection, `SET ${serverLikeSettings}`, 'Null');
    }
    return {
      run: (kind, sql, format) =>
        slots.run(kind, async () => {
          await prepare();
          return native.QueryAsyncConnection(connection, sql, format);
        }),
      insert: (statement, data) =>
        slots.run('write', async () => {
          await prepare();
          return native.InsertRawAsyncConnection(connection, statement, data, false);
        }),
      async *stream(sql, format) {
        let handle: NativeStream | undefined;
        try {
          for (;;) {
            const chunk = await slots.run('read', async () => {
              await prepare();
              handle ??= native.StreamQuery(connection, sql, format);
              return native.StreamFetch(handle);
            });
            if (chunk.done) return;
            yield chunk.bytes;
          }
        } finally {
          if (handle !== undefined) native.StreamCancel(handle);
        }
      },
      close: () => native.CloseConnection(connection),
    };
  }

  const { bytes } = await native.QueryAsyncConnection(keeper, 'SELECT version()', 'TSVRaw');
  return {
    version: Buffer.from(bytes).toString().trim(),
    connect,
    async stop(queryIds) {
      // Past the slots on purpose: what is to be stopped may hold them all; one thread of the pool is always free.
      const connection = open();
      try {
        const where = `Settings['log_comment'] IN (${queryIds.map(quoteString).join(', ')})`;
        await native.QueryAsyncConnection(connection, `KILL QUERY WHERE ${where} ASYNC`, 'Null');
      } finally {
        native.CloseConnection(connection);
      }
    },
    close: () => native.CloseConnection(keeper),
  };
}
