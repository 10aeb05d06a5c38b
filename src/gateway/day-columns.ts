/** The columns of `daily_snapshots` that more than one route shows. Knows no route. */
import type { Columns } from './columns.ts';

export const dayColumns = {
  session_date: 'date',
  equity_balance: 'money',
  daily_pnl: 'money',
  cumulative_pnl: 'money',
  equity_inflow: 'money',
  equity_outflow: 'money',
  total_value: 'money',
} satisfies Columns;

export const dayReturns = { daily_return: 'ratio', twr: 'ratio' } satisfies Columns;
