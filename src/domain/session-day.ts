/**
 * Session days: a session ends at the account's cut-over, a local time of an IANA zone. Days around a change to or
 * from daylight saving time have 23 or 25 hours.
 */
import { IANAZone } from 'luxon';

export const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Whether the zone is one that this machine knows. */
export function isZone(zone: string): boolean {
  return IANAZone.isValidZone(zone);
}

/** Minutes after midnight of "17:00"; null if it is no time of day. */
export function minutesOf(text: string): number | null {
  const m = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return m ? Number(m[1]) * 60 + Number(m[2]) : null;
}

/** Whether the text is a day of the calendar, YYYY-MM-DD, after the epoch's first. */
export function isDate(text: string): boolean {
  return text > '1970-01-01' && isCalendarDay(text);
}

/** Of any century: 2026-02-30 is none. */
export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

export class SessionCalendar {
  readonly zone: string;
  readonly cutoverMinutes: number;
  private readonly iana: IANAZone;
  private start = NaN;
  private end = NaN;
  private date = '';

  constructor(zone: string, cutoverMinutes: number) {
    this.zone = zone;
    this.cutoverMinutes = cutoverMinutes;
    this.iana = IANAZone.create(zone);
  }

  /** When the session that contains `ms` ends: the first cut-over after it. */
  endAfter(ms: number): number {
    this.locate(ms);
    return this.end;
  }

  /** When the session that contains `ms` began; NaN for NaN. */
  startOf(ms: number): number {
    if (Number.isNaN(ms)) return NaN;
    this.locate(ms);
    return this.start;
  }

  /** Local date of the last millisecond of the session that contains `ms`, YYYY-MM-DD. */
  dateOf(ms: number): string {
    this.locate(ms);
    return this.date;
  }

  /** First and last millisecond of the session of a date. Of a date that the zone left out, those of the day before it. */
  spanOf(date: string): { readonly first: number; readonly last: number } {
    let within = Date.parse(date);
    while (this.dateOf(within) < date) within = this.endAfter(within);
    while (this.dateOf(within) > date) within = this.startOf(within) - 1;
    return { first: this.startOf(within), last: this.endAfter(within) - 1 };
  }

  private locate(ms: number): void {
    if (ms >= this.start && ms < this.end) return;
    const localDay = Math.floor((ms + this.offset(ms)) / dayMs) * dayMs;
    let end = NaN;
    let start = NaN;
    for (let day = localDay - dayMs; !(end > ms); day += dayMs) {
      start = end;
      end = this.instantOf(day + this.cutoverMinutes * minuteMs);
    }
    this.start = start;
    this.end = end;
    const last = end - 1;
    this.date = new Date(last + this.offset(last)).toISOString().slice(0, 10);
  }

  private offset(ms: number): number {
    return this.iana.offset(ms) * minuteMs;
  }

  /** The instant of a local time: the first where it exists twice, the moment after the gap where it does not exist. */
  private instantOf(local: number): number {
    const before = this.offset(local - dayMs);
    const after = this.offset(local + dayMs);
    const early = local - Math.max(before, after);
    const late = local - Math.min(before, after);
    if (this.offset(early) === local - early) return early;
    if (this.offset(late) === local - late) return late;
    let low = early;
    let high = late;
    while (high - low > 1) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.offset(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }
}
