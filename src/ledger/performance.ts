/**
 * Performance that a deposit cannot flatter: each account is unitized, as a fund is (2-accounting.md, "Performance").
 * nav = equity / units; a flow of F buys F / nav units at the nav just before it, so nav moves with performance only.
 */
import type { Accounts } from './accounts.ts';

/** Equity at or below zero by performance: nav is 0 and stays so until a deposit makes equity positive. */
export function wipeIfRuined(a: Accounts, row: number): void {
  if (a.wipedOut[row] === 0 && (a.units[row] ?? NaN) > 0 && a.equity(row) <= 0) wipe(a, row);
}

export function wipe(a: Accounts, row: number): void {
  a.wipedOut[row] = 1;
  a.nav[row] = 0;
  a.drawdown[row] = a.maxDrawdown[row] = a.maxDrawdownLife[row] = -1;
}

/**
 * After a flow that is already in equity and in netFlow.
 * @param before equity just before the flow, minor units
 * @param flow in base, minor units, signed
 * @param dust equity below which a flat account that is withdrawn from counts as emptied, minor units
 */
export function unitize(
  a: Accounts,
  row: number,
  before: number,
  flow: number,
  dust: number,
  time: number,
): void {
  const after = a.equity(row);
  const units = a.units[row] ?? NaN;
  const wiped = a.wipedOut[row] === 1;
  if (Number.isNaN(units) || wiped) {
    if (after > 0 && (!wiped || flow > 0)) startEpoch(a, row, after, wiped, time);
    return;
  }
  if (units > 0 && before > 0) a.nav[row] = before / units;
  const nav = a.nav[row] ?? 1;
  const emptied = flow < 0 && a.openPositions[row] === 0 && after < dust;
  a.units[row] = emptied ? 0 : units > 0 ? units + flow / nav : after / nav;
}

function startEpoch(a: Accounts, row: number, equity: number, again: boolean, time: number): void {
  if (again) {
    a.epoch[row] = (a.epoch[row] ?? 0) + 1;
    a.wipedOut[row] = 0;
    a.maxDrawdown[row] = 0;
    a.drawdown[row] = 0;
    // Also for a session that opens at the next tick, as of the last one.
    a.dayOpenNav[row] = a.tickNav[row] = 1;
  }
  a.units[row] = equity;
  a.nav[row] = 1;
  a.peakNav[row] = 1;
  a.peakTime[row] = time;
  a.peakProfit[row] = equity - (a.netFlow[row] ?? 0);
}

/** The account is as before its first flow: without nav, its epoch at its beginning. */
export function beginAgain(a: Accounts, row: number): void {
  a.units[row] = a.nav[row] = a.peakNav[row] = a.peakTime[row] = NaN;
  a.wipedOut[row] = 0;
  a.drawdown[row] = a.maxDrawdown[row] = 0;
  a.dayOpenNav[row] = 1;
}

/**
 * History was corrected, and equity is another: units change as by a flow, so that nav, peak and drawdown stand still
 * until the rebase that says what they are. (Deposit 1,000, buy 10 @ 50, price 60: nav 1.1. Void the buy: equity 1,000,
 * nav still 1.1 and no fall; the rebase makes it 1.)
 * @param before equity before the correction, minor units
 */
export function standStill(a: Accounts, row: number, before: number, dust: number): void {
  const units = a.units[row] ?? NaN;
  const after = a.equity(row);
  if (Number.isNaN(units) || after === before) return;
  if (a.wipedOut[row] === 1) {
    // What ruined it may be what was undone: then nav is what the units that it had then are worth.
    if (after <= 0 || !(units > 0)) return;
    a.wipedOut[row] = 0;
    a.nav[row] = after / units;
    return;
  }
  if (units > 0 && before > 0) a.nav[row] = before / units;
  const isEmptied = after <= 0 || (a.openPositions[row] === 0 && after < dust);
  a.units[row] = isEmptied ? 0 : after / (a.nav[row] ?? 1);
}

/** At a tick, after marking: nav, peak, drawdown. */
export function measure(a: Accounts, row: number, time: number): void {
  const equity = a.equity(row);
  // A first flow that left equity at or below zero: units begin as soon as equity is positive.
  if (Number.isNaN(a.units[row]) && a.netFlow[row] !== 0 && equity > 0)
    startEpoch(a, row, equity, false, time);
  wipeIfRuined(a, row);
  if (a.wipedOut[row] === 1) return;
  const units = a.units[row] ?? NaN;
  if (units > 0) a.nav[row] = equity / units;
  const nav = a.nav[row] ?? NaN;
  if (Number.isNaN(nav)) return;
  const peak = a.peakNav[row] ?? nav;
  if (!(nav < peak)) {
    a.peakNav[row] = nav;
    a.peakTime[row] = time;
    a.drawdown[row] = 0;
  } else {
    const drawdown = nav / peak - 1;
    a.drawdown[row] = drawdown;
    if (drawdown < (a.maxDrawdown[row] ?? 0)) a.maxDrawdown[row] = drawdown;
    if (drawdown < (a.maxDrawdownLife[row] ?? 0)) a.maxDrawdownLife[row] = drawdown;
  }
  const profit = equity - (a.netFlow[row] ?? 0);
  if (profit > (a.peakProfit[row] ?? profit)) a.peakProfit[row] = profit;
}
