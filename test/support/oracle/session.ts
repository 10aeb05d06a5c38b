/**
 * The oracle's session days, by looking at a wall clock: the end of a session is the first minute at which the local
 * clock shows the cut-over or later. A gap is thus ended by the moment after it, and of a time that exists twice the
 * first counts.
 */

const minuteMs = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const ends = new Map<string, number>();

/** "2026-03-08T17:00" as a clock on the wall of the zone shows it. */
export function wallClock(ms: number, zone: string): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(zone, format);
  }
  const part = new Map(format.formatToParts(ms).map((p) => [p.type, p.value]));
  const get = (type: Intl.DateTimeFormatPartTypes): string => part.get(type) ?? '';
  return `${get('year')}-${get('month')}-${get('day')}T${get('hour')}:${get('minute')}`;
}

/** The first minute at which the wall shows `date`T`cutover` or later. */
function endOf(date: string, cutover: string, zone: string): number {
  const key = `${date} ${cutover} ${zone}`;
  let end = ends.get(key);
  if (end === undefined) {
    const wanted = `${date}T${cutover}`;
    // No zone is further than 15 hours from UTC.
    end = Date.parse(`${wanted}Z`) - 15 * 60 * minuteMs;
    while (wallClock(end, zone) < wanted) end += minuteMs;
    ends.set(key, end);
  }
  return end;
}

/** When the session that contains `ms` ends. */
export function sessionEnd(ms: number, cutover: string, zone: string): number {
  const today = Date.parse(`${wallClock(ms, zone).slice(0, 10)}T00:00Z`);
  for (let day = today - 86_400_000; ; day += 86_400_000) {
    const end = endOf(new Date(day).toISOString().slice(0, 10), cutover, zone);
    if (end > ms) return end;
  }
}

/** The local date of the last millisecond of the session that contains `ms`. */
export function sessionDate(ms: number, cutover: string, zone: string): string {
  return wallClock(sessionEnd(ms, cutover, zone) - 1, zone).slice(0, 10);
}
