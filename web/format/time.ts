/** Times and durations as text, in the zone of who reads them. */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** 75,000 is "1 min 15 s": the two largest units; below a second in tenths. */
export function duration(ms: number): string {
  if (ms < 10 * secondMs) return `${(Math.max(0, ms) / secondMs).toFixed(1)} s`;
  const units: [unit: number, name: string][] = [
    [dayMs, 'd'],
    [hourMs, 'h'],
    [minuteMs, 'min'],
    [secondMs, 's'],
  ];
  const largest = units.findIndex(([unit]) => ms >= unit);
  return units
    .slice(largest, largest + 2)
    .map(([unit, name], i): [number, string] => [
      Math.floor(i === 0 ? ms / unit : (ms % (units[largest]?.[0] ?? unit)) / unit),
      name,
    ])
    .filter(([count], i) => i === 0 || count > 0)
    .map(([count, name]) => `${count} ${name}`)
    .join(' ');
}

export class Times {
  private readonly momentFormat: Intl.DateTimeFormat;
  private readonly clockFormat: Intl.DateTimeFormat;
  private readonly dayFormat: Intl.DateTimeFormat;
  private readonly minuteFormat: Intl.DateTimeFormat;
  private readonly monthFormat: Intl.DateTimeFormat;

  /** `timeZone`: the browser's, where it is not given. */
  constructor(locale?: string, timeZone?: string) {
    const make = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
      new Intl.DateTimeFormat(locale, {
        ...options,
        hourCycle: 'h23',
        ...(timeZone === undefined ? {} : { timeZone }),
      });
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
    this.momentFormat = make({ year: 'numeric', month: 'short', day: '2-digit', ...clock });
    this.clockFormat = make(clock);
    this.minuteFormat = make({ hour: '2-digit', minute: '2-digit' });
    this.dayFormat = make({ month: 'short', day: 'numeric' });
    this.monthFormat = make({ year: 'numeric', month: 'short' });
  }

  moment(ms: number): string {
    return this.momentFormat.format(ms);
  }

  clock(ms: number): string {
    return this.clockFormat.format(ms);
  }

  minute(ms: number): string {
    return this.minuteFormat.format(ms);
  }

  day(ms: number): string {
    return this.dayFormat.format(ms);
  }

  month(ms: number): string {
    return this.monthFormat.format(ms);
  }
}
