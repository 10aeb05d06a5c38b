/** Rows of an account's curve: as recorded, page by page, and the last one before a time in both readings. */
import { limits } from '../../../config/limits.ts';
import type { CurveRow } from '../../domain/equity-update.ts';
import { frameColumns } from '../../domain/frame.ts';
import { figure, paged, select, text, type Row, type Reader } from './select.ts';

type Column = (typeof frameColumns.equity_curve)[number];

const expressions: Partial<Record<Column, string>> = {
  ts: 'toUnixTimestamp64Milli(ts)',
  session_date: 'toString(session_date)',
  peak_ts: 'toUnixTimestamp64Milli(peak_ts)',
};
const columns = frameColumns.equity_curve.map((name) => expressions[name] ?? name).join(', ');
const places = new Map<Column, number>(frameColumns.equity_curve.map((name, i) => [name, i]));

/** Rows that were made before a rebase: those of a later one are right by themselves. */
export function recordedRows(
  client: Reader,
  account: string,
  since: number,
  beforeRebase: number,
): AsyncGenerator<CurveRow> {
  return paged<CurveRow>(async (after) => {
    const behind =
      after === null
        ? "ts >= fromUnixTimestamp64Milli({ts:Int64}, 'UTC')"
        : `ts >= fromUnixTimestamp64Milli({ts:Int64}, 'UTC')
           AND (ts > fromUnixTimestamp64Milli({ts:Int64}, 'UTC') OR tick > {tick:UInt64})`;
    const rows = await select(
      client,
      `SELECT ${columns} FROM equity_curve
       WHERE account_id = {account:String} AND ${behind} AND rebase < {before:UInt64}
       ORDER BY account_id, ts, tick LIMIT {rows:UInt32} WITH TIES`,
      {
        account,
        ts: after?.timestamp ?? since,
        tick: after?.tick ?? 0,
        before: beforeRebase,
        rows: limits.correctionPageRows,
      },
    );
    return rows.map((row) => curveRowOf(account, row));
  });
}

/** When the account's curve begins, milliseconds; null where it has none. */
export async function firstRowAt(client: Reader, account: string): Promise<number | null> {
  const [row] = await select(
    client,
    `SELECT toUnixTimestamp64Milli(ts) FROM equity_curve WHERE account_id = {account:String}
     ORDER BY account_id, ts, tick LIMIT 1`,
    { account },
  );
  return row === undefined ? null : figure(row[0]);
}

/** The last row before a time, as corrected and as recorded; null where there is none of either. */
export async function rowsBefore(
  client: Reader,
  account: string,
  before: number,
): Promise<{ corrected: CurveRow; recorded: CurveRow } | null> {
  const last = async (table: string, condition: string): Promise<CurveRow | null> => {
    const [row] = await select(
      client,
      `WITH (SELECT groupUniqArray((from_ts, rebase)) FROM corrections WHERE account_id = {account:String}) AS rebases
       SELECT ${columns} FROM ${table}
       WHERE account_id = {account:String} AND ts < fromUnixTimestamp64Milli({before:Int64}, 'UTC') AND ${condition}
       ORDER BY account_id DESC, ts DESC, tick DESC LIMIT 1`,
      { account, before },
    );
    return row === undefined ? null : curveRowOf(account, row);
  };
  const isHistory = 'rebase = arrayMax(arrayMap(each -> if(each.1 <= ts, each.2, 0), rebases))';
  const recorded = await last('equity_curve', '1');
  const corrected = await last('curve_corrections', isHistory);
  if (recorded === null) return null;
  const right = await last('equity_curve', isHistory);
  if (right === null && corrected === null) return null;
  const isLater = (a: CurveRow, b: CurveRow): boolean =>
    a.timestamp > b.timestamp || (a.timestamp === b.timestamp && a.tick >= b.tick);
  if (right === null) return corrected === null ? null : { corrected, recorded };
  return { corrected: corrected !== null && isLater(corrected, right) ? corrected : right, recorded };
}

function curveRowOf(account: string, row: Row): CurveRow {
  const cell = (name: Column): Row[number] | undefined => row[places.get(name) ?? -1];
  const number = (name: Column): number => figure(cell(name));
  return {
    accountId: account,
    currency: '',
    state: '',
    sessionDate: text(cell('session_date')),
    timestamp: number('ts'),
    tick: number('tick'),
    totalEquity: number('total_equity'),
    cashBalance: number('cash_balance'),
    positionValue: number('position_value'),
    unrealizedPnl: number('unrealized_pnl'),
    realizedPnl: number('realized_pnl'),
    fees: number('fees'),
    income: number('income'),
    netFlow: number('net_flow'),
    dayChange: number('day_change'),
    dayChangePercent: number('day_change_percent'),
    epoch: number('epoch'),
    nav: number('nav'),
    navLow: number('nav_low'),
    navHigh: number('nav_high'),
    worstDrawdown: number('worst_drawdown'),
    drawdown: number('drawdown'),
    sequence: number('sequence'),
    units: number('units'),
    peakNav: number('peak_nav'),
    maxDrawdown: number('max_drawdown'),
    maxDrawdownLife: number('max_drawdown_life'),
    dayOpenEquity: number('day_open_equity'),
    dayOpenNav: number('day_open_nav'),
    dayNetFlow: number('day_net_flow'),
    peakProfit: number('peak_profit'),
    wipedOut: cell('wiped_out') === true,
    peakTime: number('peak_ts'),
    rebase: number('rebase'),
  };
}
