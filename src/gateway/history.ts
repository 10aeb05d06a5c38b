/**
 * The gateway's questions to ClickHouse: bounded in time and in how many there are at once. Knows no view; the door is
 * opened anew where the store has a new password.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { clickHouseAddress } from '../addresses.ts';
import { StoreAway, StoreDoor, StoreRefusal } from '../client/store.ts';
import { viewOf } from '../client/view-of.ts';
import { Failure } from '../failure.ts';
import { exponentOf } from '../domain/currency.ts';
import { selectOf, type Columns, type RawRow } from './columns.ts';
import { Problem } from './problem.ts';
import { Turns } from './turns.ts';

const wrongPassword = 516;

export class History {
  private readonly config: Config;
  private readonly turns = new Turns({
    atOnce: limits.gatewayQueriesAtOnce,
    waitingMax: limits.gatewayQueriesWaitingMax,
    waitMsMax: limits.gatewayQueryWaitMsMax,
  });
  private door: StoreDoor | null = null;
  private probe: Promise<boolean> | null = null;

  constructor(config: Config) {
    this.config = config;
  }

  /** Questions under way, and such as wait for their turn. */
  get queries(): Turns['figures'] {
    return this.turns.figures;
  }

  /** Rows of `source`: a view with its arguments, and what follows it in the statement. */
  async rows(columns: Columns, source: string): Promise<RawRow[]> {
    return this.ask<RawRow>(`SELECT ${selectOf(columns)} FROM ${source}`);
  }

  async ask<T>(statement: string): Promise<T[]> {
    const answered = await this.turns.take(() => this.query<T>(statement));
    if (answered !== null) return answered.value;
    throw new Problem(503, 'too_many_queries', 'too many questions of history wait already', {
      headers: { 'retry-after': '1' },
    });
  }

  /** Whether anything of the account is on record. */
  async knows(account: string): Promise<boolean> {
    const found = await this.ask(
      `SELECT account_id FROM equity_curve WHERE account_id = '${account}' LIMIT 1`,
    );
    return found.length > 0;
  }

  /** Decimals of the account's base currency, which rows do not say. */
  async exponent(account: string): Promise<number> {
    const view = viewOf('account_days', {}, { account_id: account });
    const [row] = await this.ask<{ base_currency: string }>(`SELECT base_currency FROM ${view}`);
    return exponentOf(row?.base_currency ?? this.config.accounts.base_currency, this.config.currencies);
  }

  /** Takes nobody's turn: one question at a time, also while a database hangs. */
  async answersWithin(ms: number): Promise<boolean> {
    const late = sleep(ms, false, { ref: false });
    this.probe ??= this.query('SELECT 1')
      .then(() => true)
      .finally(() => (this.probe = null));
    return Promise.race([this.probe, late]);
  }

  async close(): Promise<void> {
    await this.door?.close();
  }

  private open(): StoreDoor {
    return new StoreDoor(clickHouseAddress(this.config), { answerMsMax: limits.gatewayAnswerMsMax });
  }

  private async query<T>(statement: string): Promise<T[]> {
    const door = (this.door ??= this.open());
    try {
      return await door.rows<T>(statement, {}, { secondsMax: limits.gatewayQuerySecondsMax });
    } catch (error) {
      if (error instanceof StoreRefusal && error.code === wrongPassword && this.door === door) {
        this.door = null;
        await door.close();
      }
      if (error instanceof Failure) throw error;
      throw new StoreAway(error instanceof Error ? error.message : String(error));
    }
  }
}
