/** Whether daily snapshots add up, day by day and account by account, in both readings of history. */
import { readFile } from 'node:fs/promises';

export interface HistoryViolation {
  readonly account_id: string;
  /** YYYY-MM-DD. */
  readonly session_date: string;
  readonly reading: 'as corrected' | 'as recorded';
  readonly rule: string;
  /** Money in minor units, as text. */
  readonly expected: string;
  readonly found: string;
}

const query = new URL('./queries/validate-history.sql', import.meta.url);
const readings = [
  ['', 'as corrected'],
  ['_as_recorded', 'as recorded'],
] as const;

/** Asks the database of Tidemark. */
export type Ask = <T>(statement: string, parameters: Record<string, unknown>) => Promise<T[]>;

export interface ValidatedHistory {
  readonly accounts: number;
  readonly violations: readonly HistoryViolation[];
}

/** Of one account, or with null of all that have a curve. */
export async function validateHistory(ask: Ask, account: string | null): Promise<ValidatedHistory> {
  const text = await readFile(query, 'utf8');
  const accounts =
    account === null
      ? await ask<{ account_id: string }>(
          'SELECT DISTINCT account_id FROM equity_1d_states ORDER BY account_id',
          {},
        )
      : [{ account_id: account }];
  const found: HistoryViolation[] = [];
  for (const { account_id } of accounts) {
    for (const [suffix, reading] of readings) {
      const rows = await ask<Omit<HistoryViolation, 'reading'>>(text.replaceAll('@reading', suffix), {
        account_id,
      });
      rows.sort((a, b) => `${a.session_date} ${a.rule}`.localeCompare(`${b.session_date} ${b.rule}`));
      found.push(...rows.map((row) => ({ ...row, reading })));
    }
  }
  return { accounts: accounts.length, violations: found };
}
