/** Dates and times as people and programs write them: ISO 8601. */
import { isCalendarDay } from '../domain/session-day.ts';

const isoTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Milliseconds since the epoch of an ISO 8601 date or time; UTC where it names no zone. NaN where it is none. */
export function isoTimeMs(text: string): number {
  if (!isoTime.test(text) || !isCalendarDay(text.slice(0, 10))) return NaN;
  const joined = text.replace(' ', 'T');
  const hasZone = /T.*(Z|[+-]\d{2}:?\d{2})$/i.test(joined);
  return Date.parse(joined.includes('T') && !hasZone ? `${joined}Z` : joined);
}
