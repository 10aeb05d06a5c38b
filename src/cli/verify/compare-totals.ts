/**
 * Sums over ClickHouse's rows of some accounts against what LEDGER makes of them: whose rows do not add up. Which rows
 * those are is another file's to find.
 */
import type { StoreDoor } from '../../client/store.ts';
import { rowTables, sequenceModulus } from './tallies.ts';
import type { RowTable, Tallies, Tally } from './tallies.ts';

/** Accounts by id, in the order of bytes, both inclusive; rows up to a LEDGER sequence. */
export interface RowRange {
  readonly first: string;
  readonly last: string;
  readonly through: number;
}

interface TotalsRow {
  readonly source: RowTable;
  readonly account_id: string;
  readonly rows: string;
  readonly sequences: string;
  readonly cash: string;
  readonly realized: string;
}

/** Condition of the rows of a range, with the parameters that `rangeParameters` gives. */
export const inRange = `account_id >= {first:String} AND account_id <= {last:String} AND sequence <= {through:UInt64}`;

export function rangeParameters({ first, last, through }: RowRange): Record<string, unknown> {
  return { first, last, through };
}

/** What counts as an applied event: neither a refusal nor what a tick booked late. */
export const isApplied: Readonly<Record<RowTable, string>> = {
  effects: `kind NOT IN ('rejected', 'booked')`,
  settlements: '1',
  cash_flows: '1',
};

/** Accounts whose rows do not add up, and those that only ClickHouse has rows of. */
export async function accountsThatDiffer(
  store: StoreDoor,
  range: RowRange,
  accounts: readonly string[],
  talliesOf: (account: string) => Tallies,
): Promise<string[]> {
  const unseen = new Map(accounts.map((account) => [account, new Set<RowTable>(rowTables)]));
  const differing = new Set<string>();
  for (const row of await totals(store, range)) {
    unseen.get(row.account_id)?.delete(row.source);
    if (!isSame(row, talliesOf(row.account_id)[row.source])) differing.add(row.account_id);
  }
  for (const [account, tables] of unseen) {
    if ([...tables].some((table) => talliesOf(account)[table].rows > 0)) differing.add(account);
  }
  return [...differing];
}

function totals(store: StoreDoor, range: RowRange): Promise<TotalsRow[]> {
  const parts = rowTables.map(
    (table) => `SELECT '${table}' AS source, account_id, toString(count()) AS rows,
      toString(sum(sequence) % ${sequenceModulus}) AS sequences, toString(sum(cash_effect)) AS cash,
      toString(${table === 'cash_flows' ? '0' : 'sum(realized)'}) AS realized
    FROM ${table} WHERE ${inRange} AND ${isApplied[table]} GROUP BY account_id`,
  );
  return store.rows<TotalsRow>(parts.join('\nUNION ALL\n'), rangeParameters(range));
}

function isSame(row: TotalsRow, { rows, sequences, cash, realized }: Tally): boolean {
  return (
    Number(row.rows) === rows &&
    Number(row.sequences) === sequences &&
    Number(row.cash) === cash &&
    Number(row.realized) === realized
  );
}
