/** Ratios as text: percent, NAV, and the direction that goes with them. Knows no account. */

export const missing = '–';

export class Ratios {
  private readonly percentFormat: Intl.NumberFormat;
  private readonly signedFormat: Intl.NumberFormat;
  private readonly navFormat: Intl.NumberFormat;

  constructor(locale?: string) {
    const percent = { style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 2 } as const;
    this.percentFormat = new Intl.NumberFormat(locale, percent);
    this.signedFormat = new Intl.NumberFormat(locale, { ...percent, signDisplay: 'exceptZero' });
    this.navFormat = new Intl.NumberFormat(locale, { minimumFractionDigits: 4, maximumFractionDigits: 4 });
  }

  /** 0.0123 is "1.23%". */
  percent(fraction: number | null): string {
    return fraction === null ? missing : this.percentFormat.format(fraction);
  }

  /** 0.0123 is "+1.23%". */
  signedPercent(fraction: number | null): string {
    return fraction === null ? missing : this.signedFormat.format(fraction);
  }

  nav(nav: number | null): string {
    return nav === null ? missing : this.navFormat.format(nav);
  }
}

export type Direction = 'up' | 'down' | 'flat';

export function directionOf(change: number | null): Direction {
  if (change === null || change === 0) return 'flat';
  return change > 0 ? 'up' : 'down';
}

/** Told beside the colour, for whoever does not see it. */
export const arrows: Readonly<Record<Direction, string>> = { up: '▲', down: '▼', flat: '' };
