/** A store with the schema, and what tests of views ask of it. Knows no view. */
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';

export interface CurveBench extends AnalyticsStore {
  /** A name that no account had before. */
  nextAccount(): string;
  /** Rows for an account of their own, or for the one given; answers its name. */
  insert(rows: readonly object[], account?: string, table?: string): Promise<string>;
  /** Rows as objects; 64-bit integers are numbers, times are milliseconds. */
  ask<T>(query: string, params?: Record<string, unknown>): Promise<T[]>;
}

export async function startCurveBench(): Promise<CurveBench> {
  const analytics = await startAnalyticsStore();
  const { client } = analytics;
  let accounts = 0;
  const nextAccount = (): string => `a${++accounts}`;
  return {
    ...analytics,
    nextAccount,
    async insert(rows, account = nextAccount(), table = 'equity_curve') {
      const values = rows.map((row) => ({ account_id: account, total_equity: 0, ...row }));
      await client.insert({ table, values, format: 'JSONEachRow' });
      return account;
    },
    async ask<T>(query: string, params: Record<string, unknown> = {}) {
      const result = await client.query({
        query: `${query} SETTINGS output_format_json_quote_64bit_integers = 0, date_time_output_format = 'iso'`,
        query_params: params,
        format: 'JSONEachRow',
      });
      const rows = await result.json<Record<string, unknown>>();
      return rows.map((row) => Object.fromEntries(Object.entries(row).map(inMilliseconds)) as T);
    },
  };
}

function inMilliseconds([name, value]: [string, unknown]): [string, unknown] {
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
  return [name, isTime ? Date.parse(value) : value];
}
