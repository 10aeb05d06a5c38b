/**
 * The time of a row, from whichever column has it. A `date` alone is the end of that session day: its last
 * millisecond, so that a close belongs to the day it closed. Knows the session calendar, no row.
 */
import type { SessionCalendar } from '../../domain/session-day.ts';
import { isoTimeMs } from '../arguments.ts';

/** In the order in which they are preferred. */
export const timeFields = ['ts_ms', 'ts', 'timestamp', 'datetime', 'time', 'date'] as const;
export type TimeField = (typeof timeFields)[number];

export class RowTime {
  private readonly calendar: SessionCalendar;
  private lastDate = '';
  private lastDateMs = NaN;

  constructor(calendar: SessionCalendar) {
    this.calendar = calendar;
  }

  /** Milliseconds since the epoch; NaN for what is no time. */
  read(field: TimeField, text: string): number {
    if (field === 'ts_ms') return /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    const date = dateOf(text);
    return date === null ? instantOf(text) : this.endOfSession(date);
  }

  /** The last millisecond of the session of a date, YYYY-MM-DD. */
  private endOfSession(date: string): number {
    if (date !== this.lastDate) {
      this.lastDate = date;
      this.lastDateMs = this.findEnd(date);
    }
    return this.lastDateMs;
  }

  private findEnd(date: string): number {
    const noon = Date.parse(`${date}T12:00:00Z`);
    if (Number.isNaN(noon)) return NaN;
    // A session of the date is never further from the date's noon in UTC than this.
    for (let at = noon - 2 * dayMs; at < noon + 3 * dayMs;) {
      const end = this.calendar.endAfter(at);
      if (this.calendar.dateOf(at) === date) return end - 1;
      at = end;
    }
    return NaN;
  }
}

const dayMs = 86_400_000;

function dateOf(text: string): string | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const digits = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  return digits === null ? null : digits.slice(1).join('-');
}

/** ISO 8601, or a count since the epoch whose unit its digits tell. */
function instantOf(text: string): number {
  const digits = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (digits === null) return isoTimeMs(text);
  const [, whole = '', fraction = ''] = digits;
  if (whole.length <= 11) return Number(whole) * 1000 + Number(`${fraction}000`.slice(0, 3));
  if (whole.length <= 14) return Number(whole);
  // Microseconds and nanoseconds: what is below a millisecond is dropped.
  return whole.length <= 17 ? Number(whole.slice(0, -3)) : Number(whole.slice(0, -6));
}
