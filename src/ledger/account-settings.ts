/**
 * What an account is configured as, for its effects: the table `accounts` is made of it. What the account itself never
 * said is as the ledger is configured; what the ledger has no use for (name, benchmark, calendar ...) is left out then.
 */
import type { BookParts } from './book-parts.ts';

/** One line of JSON. */
export function accountSettings({ accounts, sessions }: BookParts, row: number): string {
  const { zone, cutoverMinutes } = sessions.calendarOf(row);
  return JSON.stringify({
    ...accounts.settings[row],
    name: accounts.names[row],
    base_currency: accounts.baseCurrency[row],
    timezone: zone,
    cutover: timeOfDay(cutoverMinutes),
  });
}

/** 17:00 for 1020. */
export function timeOfDay(minutes: number): string {
  const rest = minutes % 60;
  return `${String((minutes - rest) / 60).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
