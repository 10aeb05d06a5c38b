/** Decimals that came as text, quantities and prices, grouped as the locale has it and with every digit they have. */

export class Decimals {
  private readonly locale: string | undefined;
  private readonly formats = new Map<number, Intl.NumberFormat>();

  constructor(locale?: string) {
    this.locale = locale;
  }

  /** "12345.5" is "12,345.5"; `digits`: so many behind the point at least. */
  text(decimal: string, digits = 0): string {
    const own = decimal.split('.')[1]?.length ?? 0;
    return this.format(Math.max(own, digits)).format(decimal as Intl.StringNumericLiteral);
  }

  private format(digits: number): Intl.NumberFormat {
    const found = this.formats.get(digits);
    if (found !== undefined) return found;
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    const made = new Intl.NumberFormat(this.locale, fraction);
    this.formats.set(digits, made);
    return made;
  }
}
