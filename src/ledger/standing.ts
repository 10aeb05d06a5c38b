/**
 * What ticks have made of an account: peaks, falls, ruin, the day that is open, what was told last. Its ledger does not
 * tell it, so it is taken aside while the account is made anew from its ledger. Knows nothing of holdings and cash.
 */
import type { Accounts } from './accounts.ts';
import type { BookParts } from './book-parts.ts';
import type { Curve } from './curve.ts';
import { wipe } from './performance.ts';
import type { PendingRebase } from './rebasing.ts';
import { dayColumns } from './session.ts';

export interface Standing {
  /** LEDGER sequence of the last message that the account has whole. */
  readonly sequence: number;
  /** Of the curve's last row. */
  readonly tick: number;
  readonly time: number;
  readonly epochNoted: number;
  readonly epoch: number;
  readonly wipedOut: boolean;
  readonly figures: readonly number[];
  readonly day: readonly number[];
  /** What it has seen since corrections of history of which no rebase has come. */
  readonly pending: readonly PendingRebase[];
}

/** Set by ticks alone; or by an event that begins an epoch, and does the same when it is applied again. */
function figuresOf(a: Accounts): readonly Float64Array[] {
  return [
    a.peakNav, a.drawdown, a.maxDrawdown, a.maxDrawdownLife, a.peakTime, a.peakProfit,
    a.tickEquity, a.tickCash, a.tickUnrealized, a.tickNetFlow, a.tickNav,
  ]; // prettier-ignore
}

/**
 * As the account stood before the message at hand, of which any part may have been applied; or, at a tick, as it stands.
 * null where it has no message whole.
 */
export function takeStanding(b: BookParts, curve: Curve, row: number, isAtTick: boolean): Standing | null {
  const { accounts: a, rebasing } = b;
  const sequence = a.sequence[row] ?? 0;
  if (sequence === 0) return null;
  const current = rebasing.of(row);
  const pending = [...(current === null ? [] : [current]), ...rebasing.untimedOf(row)];
  return {
    sequence,
    tick: curve.tick[row] ?? 0,
    time: curve.time[row] ?? 0,
    epochNoted: curve.notedEpoch(row),
    epoch: a.epoch[row] ?? 1,
    wipedOut: a.wipedOut[row] === 1,
    figures: figuresOf(a).map((column) => column[row] ?? 0),
    // Of the message at hand they come again.
    pending: pending.filter(({ of }) => of <= sequence).map((each) => ({ ...each })),
    day: isAtTick ? dayOf(a, row) : dayBeforeMessage(b, row),
  };
}

function dayOf(a: Accounts, row: number): readonly number[] {
  return dayColumns(a).map((column) => column[row] ?? 0);
}

function dayBeforeMessage({ accounts, sessions }: BookParts, row: number): readonly number[] {
  const { ended, opened, flowed } = sessions.atHand;
  if (ended !== null) return ended;
  const [end = NaN, openNav = 1, openEquity = 0, netFlow = 0] = dayOf(accounts, row);
  return [end, openNav, openEquity - opened, netFlow - flowed];
}

/** The account has the same message whole again, by its ledger: it stands as it stood. */
export function putStanding(b: BookParts, curve: Curve, row: number, standing: Standing): void {
  const { accounts: a, sessions } = b;
  figuresOf(a).forEach((column, i) => {
    column[row] = standing.figures[i] ?? 0;
  });
  dayColumns(a).forEach((column, i) => {
    column[row] = standing.day[i] ?? 0;
  });
  sessions.changed();
  curve.resume(row, standing.tick, standing.time, standing.epochNoted);
  putPending(b, row, standing.pending);
  const tickNav = a.tickNav[row] ?? NaN;
  if (Number.isNaN(a.units[row]) && tickNav > 0) {
    // Units began at a tick: a first flow had left nothing to begin with.
    a.nav[row] = tickNav;
    a.units[row] = (a.tickEquity[row] ?? 0) / tickNav;
  }
  // An epoch follows only on ruin; the message at hand begins it again.
  const isRuined = standing.wipedOut || standing.epoch > (a.epoch[row] ?? 1);
  if (isRuined && a.wipedOut[row] === 0 && (a.units[row] ?? NaN) > 0) wipe(a, row);
}

/** Where the message at hand corrects history, what was seen since an earlier correction is as its ledger has it. */
function putPending({ rebasing }: BookParts, row: number, pending: readonly PendingRebase[]): void {
  const own = rebasing.of(row);
  rebasing.clear(row);
  if (own !== null && !pending.some(({ effectiveAt }) => Number.isNaN(effectiveAt))) rebasing.set(row, own);
  for (const each of pending) rebasing.set(row, { ...each });
}
