/**
 * Units of a flow that is voided: they go as they came. What the corrected curve makes of nav, peak and drawdown is
 * history's to say.
 */
import type { RecordedEffect } from '../domain/recorded.ts';
import type { Accounts } from './accounts.ts';

/** Less than this share of the units taken back is what doubles lose, not units. */
const residue = 1e-9;

/**
 * After the flow was taken out of equity and net flow. Deposit 1,000 (1,000 units), double by performance, deposit 500
 * at nav 2 (250 units); void the second: 1,000 units, equity 2,000, nav 2. Void the first instead: 250 units and equity
 * 1,500, nav 6: of a curve that began at 1 with 500 history makes 1,500 / 500 = 3.
 *
 * Where no units are left the account is as before its first flow: without nav, its epoch at its beginning. If it is not
 * empty, units begin anew at the next tick that finds equity positive.
 * @param flow in base, as it was booked
 * @param record of the flow's event; null where nobody knows at which nav it came
 */
export function takeBackUnits(a: Accounts, row: number, flow: number, record: RecordedEffect | null): void {
  const units = a.units[row] ?? NaN;
  // Units of an epoch that has ended are gone.
  if (Number.isNaN(units) || (record !== null && record.epoch < (a.epoch[row] ?? 1))) return;
  const bought = unitsOf(flow, record, a.nav[row] ?? NaN);
  const left = units - bought;
  if (!(left > Math.abs(bought) * residue)) {
    beginAgain(a, row);
    return;
  }
  a.units[row] = left;
  const equity = a.equity(row);
  if (a.wipedOut[row] === 0 && equity > 0) a.nav[row] = equity / left;
}

function unitsOf(flow: number, record: RecordedEffect | null, navNow: number): number {
  if (record === null || Number.isNaN(record.units)) return navNow > 0 ? flow / navNow : flow;
  // After ruin nothing is bought until a deposit begins the next epoch.
  if (record.nav === 0) return 0;
  // It redeemed all there were.
  if (record.units === 0) return 0 - record.equityBefore / record.nav;
  // Units began with it: as many as equity after it had minor units.
  if (Number.isNaN(record.navBefore) || record.navBefore === 0) return record.units;
  return flow / record.nav;
}

function beginAgain(a: Accounts, row: number): void {
  a.units[row] = a.nav[row] = a.peakNav[row] = a.peakTime[row] = NaN;
  a.wipedOut[row] = 0;
  a.drawdown[row] = a.maxDrawdown[row] = 0;
  a.dayOpenNav[row] = 1;
}
