/**
 * The time of a row, from whichever column has it. A `date` alone is the end of that session day: its last
 * millisecond, so that a close belongs to the day it closed. Knows the session calendar, no row.
 */
import { limits } from '../../../config/limits.ts';
import { dayMs, type SessionCalendar } from '../../domain/session-day.ts';
import { isoTimeMs } from '../../client/iso-time.ts';

/** In the order in which they are preferred. */
export const timeFields = ['ts_ms', 'ts', 'timestamp', 'datetime', 'time', 'date'] as const;
export type TimeField = (typeof timeFields)[number];

export class RowTime {
  private readonly calendar: SessionCalendar;
  /** Time zones are slow to ask, and a file has the same dates for each of its symbols. */
  private readonly ends = new Map<string, number>();

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
    const known = this.ends.get(date);
    if (known !== undefined) return known;
    if (this.ends.size >= limits.importDatesKeptMax) this.ends.clear();
    const end = this.findEnd(date);
    this.ends.set(date, end);
    return end;
  }

  private findEnd(date: string): number {
    const noon = Date.parse(`${date}T12:00:00Z`);
    if (Number.isNaN(noon)) return NaN;
    const { calendar } = this;
    // Most sessions contain the noon in UTC of their date; the others are near it.
    if (calendar.dateOf(noon) === date) return calendar.endAfter(noon) - 1;
    for (let at = noon - 2 * dayMs; at < noon + 3 * dayMs;) {
      const end = calendar.endAfter(at);
      if (calendar.dateOf(at) === date) return end - 1;
      at = end;
    }
    return NaN;
  }
}

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
