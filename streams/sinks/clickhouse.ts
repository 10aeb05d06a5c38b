/**
 * One frame, one insert into ClickHouse: the body goes through as it is, the frame's name is the deduplication token.
 * Knows nothing of NATS and of retries.
 */
import { Readable } from 'node:stream';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { clickHouseOptions, type ClickHouseAccess } from '../../config/clickhouse-options.ts';
import { limits } from '../../config/limits.ts';
import { frameColumns } from '../../src/domain/frame.ts';

export type ClickHouseTarget = ClickHouseAccess;

export interface InsertableFrame {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly body: Uint8Array;
}

export interface ClickHouseSink {
  /** Rejects with what the client throws, or when the connection broke; may be called again with the same frame. */
  insert(frame: InsertableFrame): Promise<void>;
  close(): Promise<void>;
}

/**
 * In the text of the insert, so that they hold for it alone, and hold whatever the server's defaults are: an answer
 * means that the rows are in, and the same frame is taken once, also by the materialized views behind its table.
 */
const insertSettings = [
  'async_insert = 0',
  'insert_deduplicate = 1',
  'deduplicate_blocks_in_dependent_materialized_views = 1',
  'input_format_null_as_default = 1',
];

export function connectClickHouse(target: ClickHouseTarget): ClickHouseSink {
  const client = createClient({
    ...clickHouseOptions(target),
    max_open_connections: limits.sinkInsertsMax + 1,
    request_timeout: limits.sinkInsertMsMax,
    // Failures are the caller's to tell, once.
    log: { level: ClickHouseLogLevel.OFF },
  });
  return {
    async insert(frame) {
      const values = Readable.from([frame.body], { objectMode: false });
      const { stream } = await client.exec({ query: insertStatement(frame), values });
      // The connection is free for the next insert only when the answer has been read.
      for await (const _ of stream);
    },
    close: () => client.close(),
  };
}

export function insertStatement({ name, table, columns }: InsertableFrame): string {
  const settings = [...insertSettings, `insert_deduplication_token = '${name}'`].join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) SETTINGS ${settings} FORMAT JSONCompactEachRow`;
}

/** Why a frame cannot even be sent; null: it can. What passes may stand in the text of a statement. */
export function frameFault({ name, table, columns, body }: InsertableFrame): string | null {
  if (!/^[\w:.-]{1,200}$/.test(name)) return 'Tidemark-Frame is missing or no name';
  if (!Object.hasOwn(frameColumns, table)) return `no table for frames: ${table}`;
  if (columns.length === 0 || !columns.every((column) => /^\w{1,64}$/.test(column))) {
    return 'Tidemark-Columns is missing or holds what is no column';
  }
  return body.length === 0 ? 'the frame has no rows' : null;
}
