/**
 * Decides and applies a rebase: units, nav, peak and drawdown become those of the corrected curve, at the account's
 * place in the ledger. What the account saw since the correction is put behind what the rebase says of before it.
 * Cash, positions and flows stay as they are: they were corrected at once.
 */
import type { RebaseEvent } from '../domain/ledger-event.ts';
import type { Accounts } from './accounts.ts';
import type { BookParts } from './book-parts.ts';
import type { Curve } from './curve.ts';
import type { Outcome } from './outcome.ts';
import { beginAgain, wipe } from './performance.ts';
import type { PendingRebase } from './rebasing.ts';

/**
 * A rebase of another correction than the account's last one is stale: a newer one comes.
 * @param sequence of LEDGER, which rows name as the rebase they were made under
 * @param curve whose open period saw the account in the units of before
 */
export function applyRebase(
  b: BookParts,
  account: number,
  e: RebaseEvent,
  sequence: number,
  curve: Pick<Curve, 'rescale'>,
): Outcome {
  const { accounts: a, rebasing, effect } = b;
  const pending = rebasing.of(account);
  if (pending?.of !== e.of) return 'stale';
  effect.equityBefore = a.equity(account);
  effect.navBefore = a.nav[account] ?? NaN;
  const unitsBefore = a.units[account] ?? NaN;
  if (b.recall.isOn) for (const column of figures(a)) column[account] = b.recall.take();
  else rebase(b, account, e, pending);
  for (const column of figures(a)) effect.bookings.push(column[account] ?? NaN);
  a.rebase[account] = sequence;
  curve.rescale(account, (a.units[account] ?? NaN) / unitsBefore);
  rebasing.clear(account);
  return 'applied';
}

/** How many figures the record of a rebase has. */
export const rebasedFigures = 13;

/** What a rebase changes, in the order in which its effect records it: applied again, it is what it was. */
function figures(a: Accounts): readonly (Float64Array | Int32Array | Uint8Array)[] {
  return [
    a.units, a.nav, a.epoch, a.wipedOut, a.peakNav, a.peakTime, a.peakProfit, a.drawdown, a.maxDrawdown,
    a.maxDrawdownLife, a.dayOpenNav, a.dayOpenEquity, a.tickNav,
  ]; // prettier-ignore
}

function rebase(b: BookParts, account: number, e: RebaseEvent, p: PendingRebase): void {
  const { accounts: a } = b;
  const begun = epochsSince(a, account, e, p);
  if (begun !== null) {
    // An epoch begins at 1 with the equity of its moment, which is the same in both readings: it stays as it is.
    a.epoch[account] = e.epoch + begun;
    const life = begun > 0 ? -1 : Math.min(e.maxDrawdownLife, a.maxDrawdown[account] ?? 0);
    a.maxDrawdownLife[account] = life;
    return;
  }
  a.epoch[account] = e.epoch;
  const factor = factorOf(e, p);
  rebaseDay(b, account, e, p, factor);
  if (Number.isNaN(e.nav) && !((a.units[account] ?? NaN) > 0)) {
    beginAgain(a, account);
    return;
  }
  rebaseUnits(a, account, e, p, factor);
  rebaseFalls(a, account, e, p, factor);
}

/**
 * How many epochs of nav began since what the rebase was computed from; null for none. From nothing to the first one is
 * none more, but begins just so.
 */
function epochsSince(a: Accounts, account: number, e: RebaseEvent, p: PendingRebase): number | null {
  const epoch = a.epoch[account] ?? 1;
  const isFirst = Number.isNaN(p.navThen) && !Number.isNaN(a.nav[account]);
  if (epoch === p.epochThen && !isFirst) return null;
  const isSeen = epoch === p.epoch && e.through >= p.epochSince;
  return isSeen ? null : Math.max(epoch - p.epochThen, e.wipedOut ? 1 : 0);
}

/**
 * Corrected units of a recorded one. An account that was emptied has none, but a nav at which its next flow buys: 100
 * buy 50 at a nav of 2, which should have been 4 and buys 25.
 */
function factorOf(e: RebaseEvent, { navThen }: PendingRebase): number {
  if (!Number.isNaN(e.unitsFactor)) return e.unitsFactor;
  return navThen > 0 && !e.wipedOut ? navThen / (Number.isNaN(e.nav) ? 1 : e.nav) : 1;
}

function rebaseUnits(a: Accounts, account: number, e: RebaseEvent, p: PendingRebase, factor: number): void {
  const equity = a.equity(account);
  const recorded = a.units[account] ?? NaN;
  // Without a ratio, since there were none to compare or ruin had made them worthless: those of the rebase.
  const isGiven = Number.isNaN(recorded) || (Number.isNaN(e.unitsFactor) && !(p.navThen > 0));
  const units = isGiven || e.wipedOut ? (Number.isNaN(e.units) ? recorded : e.units) : recorded * factor;
  const was = a.nav[account] ?? NaN;
  a.units[account] = units;
  // Ruin since the correction stays. Ruin before it is what the rebase says of it.
  const isRuined = e.wipedOut || (a.wipedOut[account] === 1 && (p.navThen !== 0 || equity <= 0));
  a.wipedOut[account] = isRuined ? 1 : 0;
  if (isRuined) a.nav[account] = 0;
  else if (units > 0 && equity > 0) a.nav[account] = equity / units;
  else a.nav[account] = was > 0 ? was / factor : e.nav;
  a.tickNav[account] =
    (a.tickNav[account] ?? NaN) > 0 ? (a.tickNav[account] ?? NaN) / factor : a.nav[account];
}

/** Peaks and falls: those of the rebase, and what came since the correction, which was seen in recorded units. */
function rebaseFalls(a: Accounts, account: number, e: RebaseEvent, p: PendingRebase, factor: number): void {
  const high = p.high / factor;
  const isPeakSince = Number.isNaN(e.peakNav) || high >= e.peakNav;
  // Without any before, an epoch began at 1.
  const peak = isPeakSince ? (Number.isNaN(e.peakNav) ? Math.max(1, high || 1) : high) : e.peakNav;
  a.peakNav[account] = peak;
  a.peakTime[account] = isPeakSince ? p.highTime : e.peakTime;
  a.peakProfit[account] = p.profit > e.peakProfit ? p.profit : e.peakProfit;
  if (a.wipedOut[account] === 1) {
    wipe(a, account);
    return;
  }
  a.drawdown[account] = Math.min(0, (a.nav[account] ?? NaN) / peak - 1);
  // From a peak that is older than the correction the low since is a fall; of a later one it may have come before.
  const isPeakOlder = !(e.peakTime >= p.since);
  const low = p.low / factor;
  const sincePeak = isPeakOlder && low < e.peakNav ? low / e.peakNav - 1 : 0;
  const worst = Math.min(e.maxDrawdown, p.worst, sincePeak);
  a.maxDrawdown[account] = worst;
  a.maxDrawdownLife[account] = Math.min(e.maxDrawdownLife, worst);
}

function rebaseDay(b: BookParts, account: number, e: RebaseEvent, p: PendingRebase, factor: number): void {
  const { accounts: a, sessions } = b;
  const end = a.sessionEnd[account] ?? NaN;
  if (sessions.calendarOf(account).endAfter(e.through) === end) {
    a.dayOpenNav[account] = e.dayOpenNav;
    a.dayOpenEquity[account] = e.dayOpenEquity;
  } else if (Object.is(end, p.sessionThen)) {
    // The rows end in an earlier session: nothing moved since.
    a.dayOpenNav[account] = Number.isNaN(e.nav) ? 1 : e.nav;
  } else a.dayOpenNav[account] = (a.dayOpenNav[account] ?? 1) / factor;
}
