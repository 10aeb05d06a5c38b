/** The figures of an account as updates and rows of the curve have them, out of its columns and back into them. */
import type { CurveRow, EquityUpdate } from '../domain/equity-update.ts';
import { lifecycleStates } from '../domain/lifecycle.ts';
import type { Accounts } from './accounts.ts';
import { dayChange, dayChangePercent } from './session.ts';

/** The account as it stands, into `out`. */
export function fillUpdate(a: Accounts, row: number, tick: number, time: number, out: EquityUpdate): void {
  out.accountId = a.ids[row] ?? '';
  out.currency = a.baseCurrency[row] ?? '';
  out.tick = tick;
  out.timestamp = time;
  out.cashBalance = a.cashBalance[row] ?? 0;
  out.positionValue = a.positionValue(row);
  out.totalEquity = out.cashBalance + out.positionValue;
  out.unrealizedPnl = a.unrealized(row);
  out.realizedPnl = a.realized[row] ?? 0;
  out.fees = a.fees[row] ?? 0;
  out.income = a.income[row] ?? 0;
  out.netFlow = a.netFlow[row] ?? 0;
  out.dayChange = dayChange(a, row);
  out.dayChangePercent = dayChangePercent(a, row);
  out.nav = a.nav[row] ?? NaN;
  out.peakNav = a.peakNav[row] ?? NaN;
  out.drawdown = a.drawdown[row] ?? 0;
  out.maxDrawdown = a.maxDrawdown[row] ?? 0;
  out.state = lifecycleStates[a.lifecycle[row] ?? 0] ?? 'pending';
  out.sequence = a.sequence[row] ?? 0;
}

/** All of a row but what its period saw and the session's date. */
export function fillCurveRow(a: Accounts, row: number, tick: number, time: number, out: CurveRow): void {
  fillUpdate(a, row, tick, time, out);
  out.epoch = a.epoch[row] ?? 1;
  out.units = a.units[row] ?? NaN;
  out.maxDrawdownLife = a.maxDrawdownLife[row] ?? 0;
  out.dayOpenEquity = a.dayOpenEquity[row] ?? 0;
  out.dayOpenNav = a.dayOpenNav[row] ?? 1;
  out.dayNetFlow = a.dayNetFlow[row] ?? 0;
  out.peakProfit = a.peakProfit[row] ?? 0;
  out.wipedOut = a.wipedOut[row] === 1;
  out.peakTime = a.peakTime[row] ?? NaN;
  out.rebase = a.rebase[row] ?? 0;
}

type Performance = Readonly<
  Pick<
    CurveRow,
    'epoch' | 'units' | 'nav' | 'peakNav' | 'peakTime' | 'peakProfit' | 'drawdown' | 'maxDrawdown' |
    'maxDrawdownLife' | 'wipedOut' | 'dayOpenEquity' | 'dayOpenNav' | 'dayNetFlow'
  >
>; // prettier-ignore

/** Performance and day become those of a row of the curve. */
export function takePerformance(a: Accounts, row: number, from: Performance): void {
  a.epoch[row] = from.epoch;
  a.units[row] = from.units;
  a.nav[row] = a.tickNav[row] = from.nav;
  a.peakNav[row] = from.peakNav;
  a.peakTime[row] = from.peakTime;
  a.peakProfit[row] = from.peakProfit;
  a.drawdown[row] = from.drawdown;
  a.maxDrawdown[row] = from.maxDrawdown;
  a.maxDrawdownLife[row] = from.maxDrawdownLife;
  a.wipedOut[row] = from.wipedOut ? 1 : 0;
  a.dayOpenEquity[row] = from.dayOpenEquity;
  a.dayOpenNav[row] = from.dayOpenNav;
  a.dayNetFlow[row] = from.dayNetFlow;
}

export function emptyUpdate(): EquityUpdate {
  return {
    accountId: '', currency: '', tick: 0, timestamp: 0, totalEquity: 0, cashBalance: 0, positionValue: 0,
    unrealizedPnl: 0, realizedPnl: 0, fees: 0, income: 0, netFlow: 0, dayChange: 0, dayChangePercent: NaN, nav: NaN,
    peakNav: NaN, drawdown: 0, maxDrawdown: 0, state: 'pending', sequence: 0,
  }; // prettier-ignore
}

export function emptyCurveRow(): CurveRow {
  return {
    ...emptyUpdate(), sessionDate: '', epoch: 1, navLow: NaN, navHigh: NaN, worstDrawdown: 0, units: NaN,
    maxDrawdownLife: 0, dayOpenEquity: 0, dayOpenNav: 1, dayNetFlow: 0, peakProfit: 0, wipedOut: false,
    peakTime: NaN, rebase: 0,
  }; // prettier-ignore
}
