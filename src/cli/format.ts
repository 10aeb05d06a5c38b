/**
 * How figures read in a terminal: money by its currency's exponent, fractions as percent, ages, times in UTC.
 * Text only: nothing here is parsed again, and no command's layout is known.
 */
import { exponentOf } from '../domain/currency.ts';
import { scaledText } from '../domain/decimal.ts';

type Exponents = Readonly<Record<string, number>>;

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(fractionMin: number, fractionMax: number): Intl.NumberFormat {
  const key = `${fractionMin}-${fractionMax}`;
  let found = formatters.get(key);
  if (found === undefined) {
    found = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: fractionMin,
      maximumFractionDigits: fractionMax,
    });
    formatters.set(key, found);
  }
  return found;
}

/** Intl takes decimals as text exactly; its types say so only for literals. */
function exact(format: Intl.NumberFormat, decimal: string): string {
  return format.format(decimal as Intl.StringNumericLiteral);
}

/** Minor units as currency units: (123456, 'USD') is "1,234.56". */
export function moneyText(
  minor: number | null | undefined,
  currency: string,
  exponents: Exponents = {},
): string {
  if (minor === null || minor === undefined || Number.isNaN(minor)) return '-';
  const exponent = exponentOf(currency, exponents);
  return exact(formatter(exponent, exponent), scaledText(minor, exponent));
}

/** The same with its sign: "+1,234.56". */
export function signedMoneyText(
  minor: number | null | undefined,
  currency: string,
  exponents: Exponents = {},
): string {
  const text = moneyText(minor, currency, exponents);
  return typeof minor === 'number' && minor > 0 ? `+${text}` : text;
}

const fractionDigitsShownMax = 20;

/** A decimal with its thousands apart: "1000.5" is "1,000.5". */
export function decimalText(text: string | null | undefined): string {
  return text === null || text === undefined ? '-' : exact(formatter(0, fractionDigitsShownMax), text);
}

/** A fraction as percent: -0.0412 is "-4.12 %". */
export function percentText(fraction: number | null | undefined): string {
  return fraction === null || fraction === undefined ? '-' : `${formatter(2, 2).format(fraction * 100)} %`;
}

/** What is in percent already, with its sign: 0.3977 is "+0.40 %". */
export function signedPercentText(percent: number | null | undefined): string {
  if (percent === null || percent === undefined) return '-';
  return `${percent > 0 ? '+' : ''}${formatter(2, 2).format(percent)} %`;
}

export function ratioText(ratio: number | null | undefined): string {
  return ratio === null || ratio === undefined ? '-' : formatter(6, 6).format(ratio);
}

export function countText(count: number): string {
  return formatter(0, 0).format(count);
}

const secondUnits = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units: 93784 is "1 d 2 h". */
export function durationText(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  const parts: string[] = [];
  let rest = Math.floor(seconds);
  for (const [unit, size] of secondUnits) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** Milliseconds since the epoch as "2026-01-02 14:05:06Z". */
export function timeText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '-';
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** A time as ClickHouse writes it, "2026-01-02 14:05:06.123", in the same form. */
export function sqlTimeText(text: string | null | undefined): string {
  return text === null || text === undefined ? '-' : `${text.slice(0, 19)}Z`;
}
