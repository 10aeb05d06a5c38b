/**
 * The curve of some accounts in ClickHouse: no tick twice, and where the last row is of the actor's last tick, the
 * actor's figures. A curve that ends before it says nothing: a period that is not over has no row yet.
 */
import { limits } from '../../../config/limits.ts';
import type { InspectReply } from '../../client/account-reply.ts';
import type { StoreDoor } from '../../client/store.ts';
import type { Differences } from './differences.ts';
import type { AccountPage } from './pages.ts';

const figures = [
  'total_equity', 'cash_balance', 'position_value', 'unrealized_pnl', 'realized_pnl', 'fees', 'income', 'net_flow',
  'nav', 'peak_nav', 'drawdown', 'max_drawdown', 'units',
] as const; // prettier-ignore

type LastRow = Readonly<Record<(typeof figures)[number], string | number | null>> & {
  readonly account_id: string;
  readonly last_tick: string;
  readonly last_sequence: string;
};

const inAccounts = 'account_id >= {first:String} AND account_id <= {last:String}';

/** How many accounts' last rows could be compared. */
export async function compareLastRows(
  store: StoreDoor,
  { first, last }: AccountPage,
  actors: ReadonlyMap<string, InspectReply>,
  differences: Differences,
): Promise<number> {
  // In a tuple: an aggregate passes over NULL, which here is a figure like others.
  const columns = figures.map((figure) => `argMax(tuple(${figure}), (ts, tick)).1 AS ${figure}`);
  const rows = await store.rows<LastRow>(
    `SELECT account_id, argMax(tick, (ts, tick)) AS last_tick, argMax(sequence, (ts, tick)) AS last_sequence,
       ${columns.join(', ')}
     FROM equity_curve WHERE ${inAccounts} GROUP BY account_id`,
    { first, last },
  );
  let compared = 0;
  for (const row of rows) {
    const actor = actors.get(row.account_id);
    if (actor === undefined || Number(row.last_tick) !== actor.tick) continue;
    if (Number(row.last_sequence) !== actor.sequence) continue;
    compared++;
    for (const figure of figures) compareFigure(row, actor, figure, differences);
  }
  return compared;
}

function compareFigure(
  row: LastRow,
  actor: InspectReply,
  figure: (typeof figures)[number],
  differences: Differences,
): void {
  const [said, found] = [actor[figure], row[figure]];
  // Integers come as text, and null is a figure that has no meaning yet.
  if (said === (found === null ? null : Number(found))) return;
  differences.add({
    account: row.account_id,
    what: `curve ${figure} at tick ${row.last_tick}`,
    ledger: null,
    actor: String(said),
    clickhouse: String(found),
  });
}

/** Ticks of which an account of the engine has more than one row. */
export async function findDoubledTicks(
  store: StoreDoor,
  { first, last }: AccountPage,
  actors: ReadonlyMap<string, unknown>,
  differences: Differences,
): Promise<void> {
  const rows = await store.rows<{ account_id: string; tick: string; times: string }>(
    `SELECT account_id, tick, count() AS times FROM equity_curve WHERE ${inAccounts}
     GROUP BY account_id, tick HAVING times > 1 ORDER BY account_id, tick LIMIT {limit:UInt64}
     SETTINGS max_bytes_before_external_group_by = ${limits.verifyGroupBytesMax}`,
    { first, last, limit: limits.verifyDifferencesMax },
  );
  for (const { account_id, tick, times } of rows) {
    if (!actors.has(account_id)) continue;
    const what = `curve rows of tick ${tick}`;
    differences.add({ account: account_id, what, ledger: '1', actor: null, clickhouse: times });
  }
}
