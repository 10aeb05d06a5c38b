/**
 * The account's own part of its snapshot: what it is called, how it stands in life, its figures and its performance.
 * Without what follows from marks and rates: that is summed up again when the account is restored.
 */
import { lifecycleStates } from '../domain/lifecycle.ts';
import type { LifecycleState } from '../domain/lifecycle.ts';
import type { Accounts } from './accounts.ts';
import type { BookParts } from './book-parts.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** The figures, one list for both ways: its order is the format's. */
function figures(a: Accounts): readonly Float64Array[] {
  return [
    a.sequence, a.realized, a.fees, a.income, a.netFlow,
    a.units, a.nav, a.peakNav, a.drawdown, a.maxDrawdown, a.maxDrawdownLife, a.peakTime, a.peakProfit,
    a.dayOpenEquity, a.dayOpenNav, a.dayNetFlow,
    a.tickEquity, a.tickCash, a.tickUnrealized, a.tickNetFlow, a.tickNav,
  ]; // prettier-ignore
}

export function writeAccount(b: BookParts, account: number, w: StateWriter): void {
  const { accounts: a } = b;
  const calendar = b.sessions.calendarOf(account);
  const settings = a.settings[account];
  w.text(a.names[account] ?? '');
  w.text(settings === undefined ? '' : JSON.stringify(settings));
  w.text(calendar.zone);
  w.count(calendar.cutoverMinutes);
  w.number(a.sessionEnd[account] ?? NaN);
  w.text(lifecycleStates[a.lifecycle[account] ?? 0] ?? '');
  w.count(a.epoch[account] ?? 1);
  w.byte(a.wipedOut[account] ?? 0);
  w.count(a.openPositions[account] ?? 0);
  for (const column of figures(a)) w.number(column[account] ?? 0);
}

export function readAccount(b: BookParts, account: number, r: StateReader): void {
  const { accounts: a, sessions } = b;
  a.names[account] = r.text();
  const settings = r.text();
  a.settings[account] = settings === '' ? undefined : (JSON.parse(settings) as Record<string, unknown>);
  a.calendar[account] = sessions.calendar(r.name(), r.count());
  // The session that ends then; NaN where the next tick will tell.
  sessions.begin(account, r.number() - 1);
  const state = r.name();
  const lifecycle = lifecycleStates.indexOf(state as LifecycleState);
  if (lifecycle < 0) throw new Error(`account ${a.ids[account] ?? ''}: ${state} is no state of an account`);
  a.lifecycle[account] = lifecycle;
  a.epoch[account] = r.count();
  a.wipedOut[account] = r.byte();
  a.openPositions[account] = r.count();
  for (const column of figures(a)) column[account] = r.number();
}
