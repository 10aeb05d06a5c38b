/**
 * A whole installation whose history is corrected: told events, ticked along the data's own time, asked over NATS and in
 * SQL. Owns the waiting for a correction to be done; knows no figure.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { processes } from '../../scripts/faults/processes.ts';
import { RealEngine } from './real-engine.ts';
import type { EngineOptions } from './real-engine.ts';
import { until } from './until.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface CurvePoint {
  readonly ts: number;
  readonly total_equity: number;
  readonly nav: number | null;
  readonly peak_nav: number | null;
  readonly drawdown: number | null;
  readonly max_drawdown: number | null;
  readonly session_date: string;
}

export class CorrectedEngine {
  readonly engine: RealEngine;
  private readonly sql: ClickHouseClient;
  /** Of the last tick, milliseconds. */
  now: number;

  private constructor(engine: RealEngine, start: number) {
    this.engine = engine;
    this.now = start;
    const { installation } = engine;
    this.sql = createClient({
      url: `http://127.0.0.1:${installation.storePort}`,
      username: 'default',
      password: readFileSync(join(installation.dataDir, 'store', 'password'), 'utf8').trim(),
      database: 'tidemark',
    });
  }

  static async start(start: number, { env = {}, ...options }: EngineOptions = {}): Promise<CorrectedEngine> {
    const engine = await RealEngine.start({
      ...options,
      env: { TIDEMARK_CURVE_RESOLUTION: 'tick', TIDEMARK_FRAMES_FLUSH_INTERVAL_MS: '20', ...env },
    });
    return new CorrectedEngine(engine, start);
  }

  async stop(): Promise<void> {
    await this.sql.close();
    await this.engine.stop();
  }

  /** What comes before the tick counts at it. */
  async at(time: number, events: readonly (readonly [string, Fields])[], prices: Fields = {}): Promise<void> {
    for (const [subject, event] of events) await this.engine.settle(subject, event);
    for (const [symbol, price] of Object.entries(prices)) this.engine.price(symbol, { price, ts: time });
    this.now = time;
    await this.engine.tick(time);
  }

  async rows<T>(query: string, parameters: Fields = {}): Promise<T[]> {
    const result = await this.sql.query({
      query: `${query} SETTINGS output_format_json_quote_64bit_integers = 0`,
      query_params: parameters,
      format: 'JSONEachRow',
    });
    return result.json<T>();
  }

  async curve(account: string, reading: '' | '_as_recorded' = ''): Promise<CurvePoint[]> {
    return this.rows(
      `SELECT toUnixTimestamp64Milli(ts) AS ts, total_equity, nav, peak_nav, drawdown, max_drawdown, toString(session_date) AS session_date
       FROM curve${reading}(account_id = {account:String}, from = '2020-01-01', to = '2030-01-01') AS rows
       ORDER BY rows.ts, rows.tick`,
      { account },
    );
  }

  async written(account: string): Promise<number> {
    const [row] = await this.rows<{ n: number }>(
      'SELECT count() AS n FROM corrections WHERE account_id = {account:String}',
      { account },
    );
    return row?.n ?? 0;
  }

  async inspect(account: string): Promise<Record<string, unknown>> {
    return (await this.engine.inspect(account)) ?? {};
  }

  /** `kill -9`; its parent starts another one. */
  async killSink(): Promise<void> {
    const { parentPid } = this.engine;
    const isSink = ({ parent, command }: { parent: number; command: string }): boolean =>
      parent === parentPid && command.endsWith('run sink');
    const found = (await processes()).find(isSink);
    if (found === undefined) throw new Error('no sink is running');
    process.kill(found.pid, 'SIGKILL');
    const isAnother = async (): Promise<boolean> =>
      (await processes()).some((each) => isSink(each) && each.pid !== found.pid);
    await until(isAnother, { what: 'another sink', timeoutMs: 60_000 });
  }

  /** Ticks go on until so many corrections of the account are written, and the account waits for none. */
  async corrected(account: string, count: number): Promise<void> {
    const isDone = async (): Promise<boolean> => {
      await this.at((this.now += 100), []);
      return (
        (await this.written(account)) >= count && (await this.inspect(account))['rebase_pending'] === false
      );
    };
    await until(isDone, { what: `correction ${count} of ${account}`, timeoutMs: 60_000, pollMs: 100 });
  }
}
