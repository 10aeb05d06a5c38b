/**
 * Where ticks fall in the data's own time: at the last millisecond of each period that has rows, so that what happened
 * in a session day is marked in it. Knows no row and sends nothing.
 */
import { dayMs, type SessionCalendar } from '../../domain/session-day.ts';

export class TickMaker {
  private readonly endOf: (ts: number) => number;
  private due = NaN;

  /** A period of a day is the session day; others count from the epoch. */
  constructor(periodMs: number, calendar: SessionCalendar) {
    this.endOf =
      periodMs === dayMs
        ? (ts) => calendar.endAfter(ts) - 1
        : (ts) => (Math.floor(ts / periodMs) + 1) * periodMs - 1;
  }

  /** The tick that comes before a row of time `ts`; NaN where none does. */
  before(ts: number): number {
    if (ts <= this.due) return NaN;
    const tick = this.due;
    this.due = this.endOf(ts);
    return tick;
  }

  /** The tick after the last row; NaN where there were no rows. */
  last(): number {
    return this.due;
  }
}
