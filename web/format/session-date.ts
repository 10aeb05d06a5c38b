/** The session day that a moment belongs to, by the account's zone and cut-over: the day on which its session ends. */

/** ("17:00" in New York, 18:30 there on the 3rd) is the 4th, as YYYY-MM-DD. */
export function sessionDateOf(ms: number, timeZone: string, cutover: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(ms);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  const day = `${part('year')}-${part('month')}-${part('day')}`;
  // A session that ends at midnight ends with the day itself.
  if (cutover === '00:00' || `${part('hour')}:${part('minute')}` < cutover) return day;
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}
