/**
 * Rows of the curve that the world was told of and that are in no frame yet, in a snapshot: who is killed before the period
 * ends leaves them to the next start, which could not make them again: its marks are others.
 */
import type { CurveRow } from '../domain/equity-update.ts';
import type { Accounts } from './accounts.ts';
import { emptyCurveRow } from './curve-figures.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** In the order in which they stand in a snapshot. */
const figures = [
  'tick', 'timestamp', 'totalEquity', 'cashBalance', 'positionValue', 'unrealizedPnl', 'realizedPnl', 'fees', 'income',
  'netFlow', 'dayChange', 'dayChangePercent', 'nav', 'peakNav', 'drawdown', 'maxDrawdown', 'sequence', 'epoch', 'navLow',
  'navHigh', 'worstDrawdown', 'units', 'maxDrawdownLife', 'dayOpenEquity', 'dayOpenNav', 'dayNetFlow', 'peakProfit',
  'peakTime', 'rebase',
] as const; // prettier-ignore

export function writeRows(rows: readonly CurveRow[], w: StateWriter): void {
  for (const row of rows) {
    w.text(row.sessionDate);
    w.text(row.state);
    w.byte(row.wipedOut ? 1 : 0);
    for (const figure of figures) w.number(row[figure]);
  }
}

/** To the end of the section. */
export function readRows(accounts: Accounts, account: number, r: StateReader): CurveRow[] {
  const rows: CurveRow[] = [];
  while (!r.isAtSectionEnd) {
    const row = emptyCurveRow();
    row.accountId = accounts.ids[account] ?? '';
    row.currency = accounts.baseCurrency[account] ?? '';
    row.sessionDate = r.text();
    row.state = r.name();
    row.wipedOut = r.byte() === 1;
    for (const figure of figures) row[figure] = r.number();
    rows.push(row);
  }
  return rows;
}
