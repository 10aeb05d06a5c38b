/**
 * Reading ClickHouse in pages: each a query of its own in the order of the table's key, so that neither side holds more
 * than a page, and none waits for a slow reader. Cells come as JSON has them; integers are safe ones.
 */
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { clickHouseOptions } from '../../../config/clickhouse-options.ts';
import { limits } from '../../../config/limits.ts';
import type { ClickHouseTarget } from '../migrate.ts';

/** A connection that only reads. */
export type Reader = Pick<ClickHouseClient, 'query' | 'close'>;

export type Cell = string | number | boolean | null;
export type Row = readonly Cell[];
export type Parameters = Readonly<Record<string, string | number>>;

export function connectReader(target: ClickHouseTarget): Reader {
  return createClient({
    ...clickHouseOptions(target),
    request_timeout: limits.correctionQueryMsMax,
    // Failures are the caller's to tell, once.
    log: { level: ClickHouseLogLevel.OFF },
  });
}

/** `query` without settings and format. */
export async function select(client: Reader, query: string, parameters: Parameters): Promise<readonly Row[]> {
  const result = await client.query({
    // In the text: elsewhere they might stay with the session.
    query: `${query} SETTINGS output_format_json_quote_64bit_integers = 0`,
    query_params: parameters,
    format: 'JSONCompactEachRow',
  });
  return result.json<Row>();
}

/**
 * Everything, a page at a time. `read` answers what comes behind `after`, in order: at least `limits.correctionPageRows`
 * where there are so many, and with the last one all that share its place.
 */
export async function* paged<T>(read: (after: T | null) => Promise<readonly T[]>): AsyncGenerator<T> {
  let last: T | null = null;
  for (;;) {
    const page: readonly T[] = await read(last);
    yield* page;
    if (page.length < limits.correctionPageRows) return;
    last = page.at(-1) ?? null;
  }
}

export function text(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : '';
}

/** NaN for NULL. */
export function figure(cell: Cell | undefined): number {
  return typeof cell === 'number' ? cell : NaN;
}
