/**
 * The one door to ClickHouse, embedded or not, of the command line and the gateway: statements in, lines of the answer out, as they come.
 * Every failure comes out as one sentence with ClickHouse's code. Knows no table and no command.
 */
import type { Readable } from 'node:stream';
import {
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
  type ExecResult,
} from '@clickhouse/client';
import { certificateFault } from '../../config/certificate-fault.ts';
import { clickHouseOptions } from '../../config/clickhouse-options.ts';
import type { Config } from '../../config/load.ts';
import { clickHouseAddress, type ClickHouseAddress } from '../addresses.ts';
import { Failure } from '../failure.ts';
import { exceptionMark, linesOf } from './stream-lines.ts';

export interface StatementOptions {
  /** The format of a result whose statement names none. */
  readonly format: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** So long ClickHouse may work on it. */
  readonly secondsMax?: number;
  /** Whether the statement may change anything; otherwise ClickHouse itself refuses it. */
  readonly writes?: boolean;
}

export interface Answer {
  /** The format that the answer is in: the statement's own, if it names one. */
  readonly format: string;
  /** Without the ends of lines, many at a time. Throws Failure where the answer breaks off. */
  readonly lines: AsyncIterable<readonly string[]>;
}

/** ClickHouse cannot be reached. */
export class StoreAway extends Failure {}

/** ClickHouse refuses the statement, or gave it up. */
export class StoreRefusal extends Failure {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export class StoreDoor {
  private readonly client: ClickHouseClient;
  private readonly address: ClickHouseAddress;

  /** `answerMsMax`: so long a connection may say nothing; without it the client's own 30 s. */
  constructor(address: ClickHouseAddress, { answerMsMax }: { readonly answerMsMax?: number } = {}) {
    this.address = address;
    this.client = createClient({
      ...clickHouseOptions(address),
      log: { level: ClickHouseLogLevel.OFF },
      ...(answerMsMax === undefined ? {} : { request_timeout: answerMsMax }),
    });
  }

  async run(statement: string, options: StatementOptions): Promise<Answer> {
    const { stream, response_headers } = await this.exec(statement, options);
    const answered = response_headers['x-clickhouse-format'];
    return { format: typeof answered === 'string' ? answered : options.format, lines: this.lines(stream) };
  }

  /** The bytes of an answer that is not made of lines. Where it breaks off, they end: its reader sees that by them. */
  async bytes(statement: string, format: string): Promise<Readable> {
    return (await this.exec(statement, { format })).stream;
  }

  /** All rows of a bounded answer; 64-bit integers as strings. */
  async rows<T>(
    statement: string,
    parameters: Readonly<Record<string, unknown>> = {},
    options: Pick<StatementOptions, 'secondsMax'> = {},
  ): Promise<T[]> {
    const { lines } = await this.run(statement, { ...options, format: 'JSONEachRow', parameters });
    const rows: T[] = [];
    for await (const some of lines) for (const line of some) rows.push(JSON.parse(line) as T);
    return rows;
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async exec(
    statement: string,
    { format, parameters, secondsMax, writes = false }: StatementOptions,
  ): Promise<ExecResult<Readable>> {
    // default_format is no setting, but a parameter of the request like them.
    const settings = {
      default_format: format,
      output_format_json_quote_64bit_integers: 1,
      ...(secondsMax === undefined ? {} : { max_execution_time: secondsMax }),
      ...(writes ? {} : { readonly: '2' }),
    } as ClickHouseSettings;
    try {
      return await this.client.exec({
        query: statement,
        clickhouse_settings: settings,
        ...(parameters === undefined ? {} : { query_params: parameters }),
      });
    } catch (error) {
      throw this.told(error);
    }
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
    if (error instanceof ClickHouseError && error.code === wrongPassword) {
      const { url, user } = this.address;
      return new StoreRefusal(
        Number(error.code),
        `ClickHouse at ${url} refuses the user ${user} (AUTHENTICATION_FAILED): set clickhouse.user and clickhouse.password`,
      );
    }
    if (error instanceof ClickHouseError) {
      // The client takes the first capitals in parentheses for the name: in a syntax error, the user's own word.
      const type = error.code === '62' ? 'SYNTAX_ERROR' : error.type;
      const name = type === undefined ? '' : ` ${type}`;
      return new StoreRefusal(
        Number(error.code),
        `ClickHouse error ${error.code}${name}: ${error.message.replaceAll('\n', ' ').trim()}`,
      );
    }
    const fault = certificateFault(error);
    if (fault !== null) {
      return new StoreAway(
        `ClickHouse at ${this.address.url} and we do not trust each other (${fault}): set clickhouse.ca_file`,
      );
    }
    const code = (error as NodeJS.ErrnoException | null)?.code;
    if (code !== undefined && unreachable.includes(code)) {
      return new StoreAway(
        `ClickHouse does not answer at ${this.address.url}: start it with \`tidemark up\`, or set clickhouse.url or store.port`,
      );
    }
    return error instanceof Error ? error : new Error(String(error));
  }
}

const wrongPassword = '516';
const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'ECONNRESET', 'EPIPE'];

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
