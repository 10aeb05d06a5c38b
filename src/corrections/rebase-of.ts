/** The rebase that follows from a walk: what it makes of the account, as an event of its ledger. */
import type { RebaseEvent } from '../domain/ledger-event.ts';
import type { WalkEnd } from './history-walk.ts';

/**
 * @param of LEDGER sequence of the last correction that the walk knew
 * @param begin when history changes, milliseconds
 */
export function rebaseOf(
  of: number,
  begin: number,
  { row, unitsRecorded }: WalkEnd,
  now: number,
): RebaseEvent {
  const { units, nav, wipedOut } = row;
  const isComparable = units > 0 && unitsRecorded > 0 && !wipedOut;
  return {
    kind: 'rebase',
    id: `rebase-${of}`,
    of,
    from: begin,
    through: row.timestamp,
    unitsFactor: isComparable ? units / unitsRecorded : NaN,
    units,
    nav,
    epoch: row.epoch,
    wipedOut,
    peakNav: row.peakNav,
    peakTime: row.peakTime,
    maxDrawdown: row.maxDrawdown,
    maxDrawdownLife: row.maxDrawdownLife,
    peakProfit: row.peakProfit,
    dayOpenNav: row.dayOpenNav,
    dayOpenEquity: row.dayOpenEquity,
    ts: now,
  };
}
