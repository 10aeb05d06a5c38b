/**
 * The command line's one door to ClickHouse, embedded or not: statements in, lines of the answer out, as they come.
 * Every failure comes out as one sentence with ClickHouse's code. Knows no table and no command.
 */
import type { Readable } from 'node:stream';
import {
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
} from '@clickhouse/client';
import type { Config } from '../../config/load.ts';
import { clickHouseAddress, type ClickHouseAddress } from '../addresses.ts';
import { Failure } from './context.ts';
import { exceptionMark, linesOf } from './stream-lines.ts';

export interface StatementOptions {
  /** The format of a result whose statement names none. */
  readonly format: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Whether the statement may change anything; otherwise ClickHouse itself refuses it. */
  readonly writes?: boolean;
}

export interface Answer {
  /** The format that the answer is in: the statement's own, if it names one. */
  readonly format: string;
  /** Without the ends of lines, many at a time. Throws Failure where the answer breaks off. */
  readonly lines: AsyncIterable<readonly string[]>;
}

export class StoreDoor {
  private readonly client: ClickHouseClient;
  private readonly address: ClickHouseAddress;

  constructor(address: ClickHouseAddress) {
    this.address = address;
    const { url, user, password, database } = address;
    this.client = createClient({
      url,
      username: user,
      password,
      database,
      log: { level: ClickHouseLogLevel.OFF },
    });
  }

  async run(statement: string, { format, parameters, writes = false }: StatementOptions): Promise<Answer> {
    // default_format is no setting, but a parameter of the request like them.
    const settings = {
      default_format: format,
      output_format_json_quote_64bit_integers: 1,
      ...(writes ? {} : { readonly: '2' }),
    } as ClickHouseSettings;
    try {
      const { stream, response_headers } = await this.client.exec({
        query: statement,
        clickhouse_settings: settings,
        ...(parameters === undefined ? {} : { query_params: parameters }),
      });
      const answered = response_headers['x-clickhouse-format'];
      return { format: typeof answered === 'string' ? answered : format, lines: this.lines(stream) };
    } catch (error) {
      throw this.told(error);
    }
  }

  /** All rows of a bounded answer; 64-bit integers as strings. */
  async rows<T>(statement: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<T[]> {
    const { lines } = await this.run(statement, { format: 'JSONEachRow', parameters });
    const rows: T[] = [];
    for await (const some of lines) for (const line of some) rows.push(JSON.parse(line) as T);
    return rows;
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async *lines(stream: Readable): AsyncGenerator<string[]> {
    try {
      for await (const lines of linesOf(stream as AsyncIterable<Buffer>)) {
        const broken = lines.findIndex((line) => exceptionMark.test(line));
        if (broken >= 0) throw new Failure(brokenOff(lines[broken] ?? ''));
        yield lines;
      }
    } catch (error) {
      throw this.told(error);
    } finally {
      stream.destroy();
    }
  }

  private told(error: unknown): Error {
    if (error instanceof ClickHouseError) {
      // The client takes the first capitals in parentheses for the name: in a syntax error, the user's own word.
      const type = error.code === '62' ? 'SYNTAX_ERROR' : error.type;
      const name = type === undefined ? '' : ` ${type}`;
      return new Failure(
        `ClickHouse error ${error.code}${name}: ${error.message.replaceAll('\n', ' ').trim()}`,
      );
    }
    const code = (error as NodeJS.ErrnoException | null)?.code;
    if (code !== undefined && ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT'].includes(code)) {
      return new Failure(
        `ClickHouse does not answer at ${this.address.url}: start it with \`tidemark up\`, or set clickhouse.url or store.port`,
      );
    }
    return error instanceof Error ? error : new Error(String(error));
  }
}

function brokenOff(line: string): string {
  const [, code, message] = /Code: (\d+)\. DB::Exception: (.*?)(?: \(version .*)?$/.exec(line) ?? [];
  return code === undefined
    ? `ClickHouse broke off: ${line}`
    : `ClickHouse error ${code}, half-way: ${message ?? ''}`;
}

/** A connection for as long as `action` runs. */
export async function withStore<T>(config: Config, action: (store: StoreDoor) => Promise<T>): Promise<T> {
  const store = new StoreDoor(clickHouseAddress(config));
  try {
    return await action(store);
  } finally {
    await store.close();
  }
}
