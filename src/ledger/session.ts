/** The session day of each account: what it opened at, and what flowed since. The roll comes before marking. */
import type { CashEvent } from '../domain/ledger-event.ts';
import { SessionCalendar } from '../domain/session-day.ts';
import type { Accounts } from './accounts.ts';

export class Sessions {
  readonly calendars: SessionCalendar[] = [];
  /** What the message at hand has done to its account's day. */
  readonly atHand = new DayAtHand();
  /**
   * By row, from a start until its first tick: the LEDGER sequence of what was told of the account last; null after it.
   * Marks of before a cut-over may be gone, and nobody was told of those that are there.
   */
  private told: readonly number[] | null = null;
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

  /**
   * A flow that is given by its date takes effect at the start of that session day if it comes in, at its end if it goes
   * out; today's counts as now, and so does a later one. `time` of the event, NaN where the next tick will tell.
   */
  dated(row: number, e: CashEvent, time: number): CashEvent {
    if (e.effectiveOn === '') return e;
    const calendar = this.calendarOf(row);
    const now = Number.isNaN(time) ? (this.accounts.sessionEnd[row] ?? NaN) - 1 : time;
    if (!Number.isNaN(now) && e.effectiveOn >= calendar.dateOf(now)) return { ...e, effectiveAt: NaN };
    const { first, last } = calendar.spanOf(e.effectiveOn);
    return { ...e, effectiveAt: e.kind === 'withdrawal' ? last : first };
  }

  /** Gives the account the session of that date, or of `time` if that is a later one: the clock may have gone back. */
  resume(row: number, date: string, time: number): void {
    const calendar = this.calendarOf(row);
    let within = time;
    while (calendar.dateOf(within) < date) within = calendar.endAfter(within);
    this.begin(row, within);
  }

  /** An account's session was given another end. */
  changed(): void {
    this.nextEnd = NaN;
  }

  /** After a start, until its first tick: what was last told, by row. */
  resumeFrom(told: readonly number[]): void {
    this.told = told;
  }

  /** What a day opens at that begins now; NaN: as of the last tick, since prices may have done all that came since. */
  private openingEquity(row: number): number {
    const { told, accounts } = this;
    return told !== null && told[row] === accounts.sequence[row] ? NaN : accounts.equity(row);
  }

  /**
   * Before an event at `time`: a session that ended by then is closed first. Says whether the day's change moved.
   * @param recorded equity just before the event, of one that is applied as recorded (NaN: as of the last tick); null: now
   */
  rollBefore(row: number, time: number, recorded: number | null): boolean {
    if (!(time >= (this.accounts.sessionEnd[row] ?? NaN))) return false;
    this.atHand.ended = dayColumns(this.accounts).map((column) => column[row] ?? 0);
    return this.roll(row, time, recorded ?? this.openingEquity(row));
  }

  /** Before marking at a tick. Calls `rolled` for each account of which the day's change is another now. */
  rollAll(time: number, rolled: (row: number) => void): void {
    if (!(time < this.nextEnd)) this.rollEnded(time, rolled);
    if (!Number.isNaN(time)) this.told = null;
  }

  private rollEnded(time: number, rolled: (row: number) => void): void {
    const a = this.accounts;
    let nextEnd = Infinity;
    for (let row = 0; row < a.count; row++) {
      const end = a.sessionEnd[row] ?? NaN;
      if (Number.isNaN(end)) this.begin(row, time);
      else if (time >= end && this.roll(row, time, this.openingEquity(row))) rolled(row);
      nextEnd = Math.min(nextEnd, a.sessionEnd[row] ?? Infinity);
    }
    this.nextEnd = nextEnd;
  }

  /** `equity` that the day opens at; NaN: as of the last tick. Says whether the day's change is another now. */
  private roll(row: number, time: number, equity: number): boolean {
    const a = this.accounts;
    const change = dayChange(a, row);
    const percent = dayChangePercent(a, row);
    if (this.eventsTakeTickTime || Number.isNaN(equity)) {
      // What came since the last tick belongs to the day that this one opens.
      a.dayOpenEquity[row] = a.tickEquity[row] ?? 0;
      a.dayNetFlow[row] = (a.netFlow[row] ?? 0) - (a.tickNetFlow[row] ?? 0);
      a.dayOpenNav[row] = openNav(a.tickNav[row] ?? NaN);
    } else {
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

/** So that a day can be had back as it was before a message that was applied in part. */
class DayAtHand {
  /** Flows it brought, of before the day opened and of the day itself. */
  opened = 0;
  flowed = 0;
  /** The day that it ended, by column. */
  ended: readonly number[] | null = null;

  clear(): void {
    this.opened = this.flowed = 0;
    this.ended = null;
  }
}

/** The open day of each account. */
export function dayColumns(a: Accounts): readonly Float64Array[] {
  return [a.sessionEnd, a.dayOpenNav, a.dayOpenEquity, a.dayNetFlow];
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
