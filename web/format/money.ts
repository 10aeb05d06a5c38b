/**
 * Amounts as text: integers of minor units until here, and exact, since the decimal is made as text. Owns the decimals of
 * currencies; knows no account.
 */
import { exponentOf } from '../../src/domain/currency.ts';
import { scaledText } from '../../src/domain/decimal.ts';

export class Money {
  private exponents: Readonly<Record<string, number>> = {};
  private readonly locale: string | undefined;
  private readonly formats = new Map<string, Intl.NumberFormat>();

  /** `locale`: the browser's, where it is not given. */
  constructor(locale?: string) {
    this.locale = locale;
  }

  /** As the gateway has them: the configuration may add currencies. */
  setExponents(exponents: Readonly<Record<string, number>>): void {
    this.exponents = exponents;
    this.formats.clear();
  }

  exponentOf(currency: string): number {
    return exponentOf(currency, this.exponents);
  }

  /** (155539589, 'USD') is "1,555,395.89". */
  amount(minor: number, currency: string): string {
    return this.format('amount', currency).format(this.decimal(minor, currency));
  }

  /** With the sign that it has: "+1,000.00", "−12.50", "0.00". */
  signed(minor: number, currency: string): string {
    return this.format('signed', currency).format(this.decimal(minor, currency));
  }

  /** With the currency as Intl writes it: "$1,555,395.89". */
  full(minor: number, currency: string): string {
    if (!isIso(currency)) return `${this.amount(minor, currency)} ${currency}`;
    return this.format('full', currency).format(this.decimal(minor, currency));
  }

  /** For an axis: no decimals from a thousand on, "1.56B" from a thousand million on. */
  short(minor: number, currency: string): string {
    const units = Math.abs(minor) / 10 ** this.exponentOf(currency);
    const style = units >= 1e9 ? 'compact' : units >= 1e3 ? 'whole' : 'amount';
    return this.format(style, currency).format(this.decimal(minor, currency));
  }

  private decimal(minor: number, currency: string): Intl.StringNumericLiteral {
    return scaledText(Math.round(minor), this.exponentOf(currency)) as Intl.StringNumericLiteral;
  }

  private format(style: Style, currency: string): Intl.NumberFormat {
    const key = `${style} ${currency}`;
    const found = this.formats.get(key);
    if (found !== undefined) return found;
    const exponent = this.exponentOf(currency);
    const fraction = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
    const made = new Intl.NumberFormat(this.locale, optionsOf(style, currency, fraction));
    this.formats.set(key, made);
    return made;
  }
}

type Style = 'amount' | 'signed' | 'full' | 'whole' | 'compact';

function optionsOf(style: Style, currency: string, fraction: object): Intl.NumberFormatOptions {
  switch (style) {
    case 'amount':
      return fraction;
    case 'signed':
      return { ...fraction, signDisplay: 'exceptZero' };
    case 'full':
      return { ...fraction, style: 'currency', currency, currencyDisplay: 'narrowSymbol' };
    case 'whole':
      return { maximumFractionDigits: 0 };
    case 'compact':
      return { notation: 'compact', maximumSignificantDigits: 5 };
  }
}

/** Others, as USDT, are no currencies of Intl. */
function isIso(currency: string): boolean {
  return /^[A-Z]{3}$/.test(currency);
}
