/** The session day of each account: what it opened at, and what flowed since. The roll comes before marking. */
import { SessionCalendar } from '../domain/session-day.ts';
import type { Accounts } from './accounts.ts';

export class Sessions {
  readonly calendars: SessionCalendar[] = [];
  /** Until when no account's session ends, so that a tick asks once. */
  private nextEnd = NaN;
  private readonly accounts: Accounts;
  /** Whether events have the time of the tick that follows them (tick.source: nats). */
  private readonly eventsTakeTickTime: boolean;

  constructor(accounts: Accounts, eventsTakeTickTime: boolean) {
    this.accounts = accounts;
    this.eventsTakeTickTime = eventsTakeTickTime;
  }

  /** The index of a calendar, given at its first mention. */
  calendar(zone: string, cutoverMinutes: number): number {
    const found = this.calendars.findIndex((c) => c.zone === zone && c.cutoverMinutes === cutoverMinutes);
    return found >= 0 ? found : this.calendars.push(new SessionCalendar(zone, cutoverMinutes)) - 1;
  }

  calendarOf(row: number): SessionCalendar {
    return this.calendars[this.accounts.calendar[row] ?? 0] as SessionCalendar;
  }

  /** Gives the account the session that contains `time`; NaN where the next tick will tell. */
  begin(row: number, time: number): void {
    this.accounts.sessionEnd[row] = Number.isNaN(time) ? NaN : this.calendarOf(row).endAfter(time);
    this.nextEnd = NaN;
  }

  /** The date of the account's session; without one, of the session of `time`. */
  dateOf(row: number, time: number): string {
    const end = this.accounts.sessionEnd[row] ?? NaN;
    return this.calendarOf(row).dateOf(Number.isNaN(end) ? time : end - 1);
  }

  /** Gives the account the session of that date, or of `time` if that is a later one: the clock may have gone back. */
  resume(row: number, date: string, time: number): void {
    const calendar = this.calendarOf(row);
    let within = time;
    while (calendar.dateOf(within) < date) within = calendar.endAfter(within);
    this.begin(row, within);
  }

  /** Before an event at `time`: a session that ended by then is closed first. Says whether the day's change moved. */
  rollBefore(row: number, time: number): boolean {
    return time >= (this.accounts.sessionEnd[row] ?? NaN) && this.roll(row, time);
  }

  /** Before marking at a tick. Calls `rolled` for each account of which the day's change is another now. */
  rollAll(time: number, rolled: (row: number) => void): void {
    if (time < this.nextEnd) return;
    const a = this.accounts;
    let nextEnd = Infinity;
    for (let row = 0; row < a.count; row++) {
      const end = a.sessionEnd[row] ?? NaN;
      if (Number.isNaN(end)) this.begin(row, time);
      else if (time >= end && this.roll(row, time)) rolled(row);
      nextEnd = Math.min(nextEnd, a.sessionEnd[row] ?? Infinity);
    }
    this.nextEnd = nextEnd;
  }

  /** Says whether the day's change is another now. */
  private roll(row: number, time: number): boolean {
    const a = this.accounts;
    const change = dayChange(a, row);
    const percent = dayChangePercent(a, row);
    if (this.eventsTakeTickTime) {
      // What came since the last tick belongs to the day that this tick opens.
      a.dayOpenEquity[row] = a.tickEquity[row] ?? 0;
      a.dayNetFlow[row] = (a.netFlow[row] ?? 0) - (a.tickNetFlow[row] ?? 0);
      a.dayOpenNav[row] = openNav(a.tickNav[row] ?? NaN);
    } else {
      const equity = a.equity(row);
      const units = a.units[row] ?? NaN;
      a.dayOpenEquity[row] = equity;
      a.dayNetFlow[row] = 0;
      a.dayOpenNav[row] = openNav(
        units > 0 && a.wipedOut[row] === 0 ? Math.max(0, equity / units) : (a.nav[row] ?? NaN),
      );
    }
    a.sessionEnd[row] = this.calendarOf(row).endAfter(time);
    return change !== dayChange(a, row) || !Object.is(percent, dayChangePercent(a, row));
  }
}

/** An account without a flow so far will start at 1. */
function openNav(nav: number): number {
  return Number.isNaN(nav) ? 1 : nav;
}

/** total_equity - day_open_equity - day_net_flow, minor units. */
export function dayChange(a: Accounts, row: number): number {
  return a.equity(row) - (a.dayOpenEquity[row] ?? 0) - (a.dayNetFlow[row] ?? 0);
}

/** 100 x (nav / day_open_nav - 1), 4 decimals; NaN before the first flow and after a wipe-out. */
export function dayChangePercent(a: Accounts, row: number): number {
  const nav = a.nav[row] ?? NaN;
  const open = a.dayOpenNav[row] ?? NaN;
  if (a.wipedOut[row] === 1 || !(open > 0)) return NaN;
  // + 0: no change is 0, not -0.
  return Math.round((nav / open - 1) * 1e6) / 1e4 + 0;
}
