/** Decides and applies events of an account's life: open, configure, suspend, resume, close. */
import { isCurrency } from '../domain/currency.ts';
import type { AdminEvent } from '../domain/ledger-event.ts';
import { lifecycleStates } from '../domain/lifecycle.ts';
import { rejected } from '../domain/rejection.ts';
import type { BookParts } from './book-parts.ts';
import type { Outcome } from './outcome.ts';
import { outcomes } from './outcome.ts';

export function applyAdmin(b: BookParts, account: number, e: AdminEvent, time: number): Outcome {
  const { accounts, sessions } = b;
  if (e.baseCurrency !== null && !isCurrency(e.baseCurrency)) {
    return rejected('currency_unknown', `base_currency: ${e.baseCurrency}`);
  }
  if (e.kind === 'close' && !isEmpty(b, account)) return outcomes.accountNotEmpty;
  const state = accounts.lifecycle[account] ?? 0;
  b.effect.stateBefore = lifecycleStates[state] ?? '';
  if (e.kind !== 'configure') accounts.lifecycle[account] = b.chart(state, e.kind);
  if (e.kind !== 'open' && e.kind !== 'configure') return 'applied';
  // The base currency of an account that has ever held anything is fixed: its books are kept in it.
  const isUntouched = (accounts.firstPocket[account] ?? -1) < 0 && (accounts.firstHolding[account] ?? -1) < 0;
  if (e.baseCurrency !== null && isUntouched) accounts.baseCurrency[account] = e.baseCurrency;
  if (e.name !== null) accounts.names[account] = e.name;
  if (Object.keys(e.settings).length > 0) {
    accounts.settings[account] = { ...accounts.settings[account], ...e.settings };
  }
  if (e.timezone !== null || e.cutoverMinutes !== null) {
    const now = sessions.calendarOf(account);
    const calendar = sessions.calendar(e.timezone ?? now.zone, e.cutoverMinutes ?? now.cutoverMinutes);
    accounts.calendar[account] = calendar;
    sessions.begin(account, time);
  }
  return 'applied';
}

function isEmpty(b: BookParts, account: number): boolean {
  if (b.accounts.openPositions[account] !== 0) return false;
  const { pockets } = b;
  for (let row = b.accounts.firstPocket[account] ?? -1; row >= 0; row = pockets.next[row] ?? -1) {
    if (pockets.cash[row] !== 0) return false;
  }
  return true;
}
