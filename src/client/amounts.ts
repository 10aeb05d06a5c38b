/**
 * Amounts of money as people type them, in currency units ("1000.00"), to minor units, exactly; with --minor they are
 * minor units already. Owns the conversion and its refusals; knows no event.
 */
import { exponentOf } from '../domain/currency.ts';
import { atScale, fitsScale, parseDecimal } from '../domain/decimal.ts';
import { UsageError } from '../failure.ts';

/** Minor units of `text` units of `currency`: ("80.75", USD) is 8075. Throws UsageError. */
export function minorUnits(
  text: string,
  currency: string,
  exponents: Readonly<Record<string, number>>,
  what: string,
): number {
  const decimal = parseDecimal(text);
  if (decimal === null) throw new UsageError(`${what} is a plain decimal such as 1000.00, not ${text}`);
  const exponent = exponentOf(currency, exponents);
  if (!fitsScale(decimal, exponent)) {
    throw new UsageError(`${what} ${text} has more decimals than ${currency} has (${exponent})`);
  }
  return safe(atScale(decimal, exponent), text, what);
}

/** An integer of minor units as typed. Throws UsageError. */
export function minorInteger(text: string, what: string): number {
  if (!/^-?\d+$/.test(text))
    throw new UsageError(`${what} with --minor is an integer of minor units, not ${text}`);
  return safe(Number(text), text, what);
}

function safe(minor: number, text: string, what: string): number {
  if (!Number.isSafeInteger(minor)) throw new UsageError(`${what} ${text} is more than an account can hold`);
  return minor;
}
