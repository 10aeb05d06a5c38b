/**
 * Which accounts have corrections that are not done: one without a rebase that covers it, or a rebase that was applied
 * and of which the corrected rows are not written. Only looks.
 */
import { figure, select, text, type Reader } from './select.ts';

export interface PendingCorrection {
  readonly account: string;
  /** LEDGER sequence of the account's last correction. */
  readonly correction: number;
  /** LEDGER sequence of the last rebase that was applied, 0 for none; when, milliseconds; and what it covers. */
  readonly rebase: number;
  readonly rebasedAt: number;
  readonly rebaseOf: number;
  /** Of the last one that was written: the rebase, and what it covers; 0 for none. */
  readonly written: number;
  readonly writtenOf: number;
}

const query = `
SELECT account_id, correction, rebase, rebased_at, rebase_of, written, written_of
FROM
(
    SELECT
        account_id,
        maxIf(sequence, kind != 'rebase') AS correction,
        maxIf(sequence, kind = 'rebase') AS rebase,
        toUnixTimestamp64Milli(argMaxIf(ts, sequence, kind = 'rebase')) AS rebased_at,
        argMaxIf(of, sequence, kind = 'rebase') AS rebase_of
    FROM correction_events
    GROUP BY account_id
) AS events
LEFT JOIN
(
    SELECT account_id, max(rebase) AS written, argMax(of, rebase) AS written_of FROM corrections GROUP BY account_id
) AS done USING account_id
WHERE correction > rebase_of OR rebase > written
ORDER BY account_id`;

export async function pendingCorrections(client: Reader): Promise<PendingCorrection[]> {
  return (await select(client, query, {})).map((row) => ({
    account: text(row[0]),
    correction: figure(row[1]),
    rebase: figure(row[2]),
    rebasedAt: figure(row[3]),
    rebaseOf: figure(row[4]),
    written: figure(row[5]),
    writtenOf: figure(row[6]),
  }));
}

/** The highest LEDGER sequence that a row of the account's curve has; 0 without rows. */
export async function lastSequence(client: Reader, account: string): Promise<number> {
  const [row] = await select(
    client,
    `SELECT sequence FROM equity_curve WHERE account_id = {account:String}
     ORDER BY account_id DESC, ts DESC, tick DESC LIMIT 1`,
    { account },
  );
  return row === undefined ? 0 : figure(row[0]);
}
