/**
 * Decimals as they come on the wire: text or JSON number to an exact value, and from there to an integer at a scale.
 * Owns the parsing of decimals; refuses to know what they mean. No floating-point arithmetic: a JSON number is taken
 * at its shortest decimal form, which is text.
 */
import { powerOfTen, roundHalfEven } from './rounding.ts';

/** coefficient x 10^-scale, without trailing zeros, so that equal values have equal fields. */
export interface Decimal {
  readonly coefficient: number | bigint;
  readonly scale: number;
}

/** A JSON number of more significant digits than this was not written by someone who knew its value. */
const significantDigitsMax = 15;
const decimalText = /^-?\d+(\.\d+)?$/;

/** The shortest decimal form of a double, without exponent: 1e-7 is "0.0000001". */
function plainText(x: number): string {
  const text = String(x);
  const at = text.indexOf('e');
  if (at < 0) return text;
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.slice(negative ? 1 : 0, at).split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(text.slice(at + 1));
  const body =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative ? `-${body}` : body;
}

function parseText(text: string): Decimal | null {
  if (!decimalText.test(text)) return null;
  const point = text.indexOf('.');
  let end = text.length;
  let scale = 0;
  if (point >= 0) {
    while (text.charCodeAt(end - 1) === 48) end--;
    if (end - 1 === point) end--;
    else scale = end - 1 - point;
  }
  const digits =
    scale > 0 ? text.slice(0, point) + text.slice(point + 1, end) : text.slice(0, point >= 0 ? point : end);
  const coefficient = digits.length <= 15 ? Number(digits) + 0 : BigInt(digits);
  return { coefficient: Object.is(coefficient, -0) ? 0 : coefficient, scale };
}

/** Text or JSON number of a ledger event; null when it is no decimal, or a number of more than 15 significant digits. */
export function parseDecimal(x: unknown): Decimal | null {
  if (typeof x === 'string') return parseText(x);
  if (typeof x !== 'number' || !Number.isFinite(x)) return null;
  const text = plainText(x);
  const significant = text.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  return significant.length > significantDigitsMax ? null : parseText(text);
}

/** Text or JSON number of a market price: a number of any length is taken. */
export function parseMarketDecimal(x: unknown): Decimal | null {
  if (typeof x === 'string') return parseText(x);
  return typeof x === 'number' && Number.isFinite(x) ? parseText(plainText(x)) : null;
}

/** Whether the value has no more decimals than `scale`. */
export function fitsScale(d: Decimal, scale: number): boolean {
  return d.scale <= scale;
}

const smallPowers = Array.from({ length: 16 }, (_, n) => 10 ** n);

/** The integer at `scale` decimals; NaN where it is no safe integer. Call only if `fitsScale`. */
export function atScale(d: Decimal, scale: number): number {
  const shift = scale - d.scale;
  if (typeof d.coefficient === 'number' && shift <= 15) {
    const units = d.coefficient * (smallPowers[shift] as number);
    if (Number.isSafeInteger(units)) return units;
  }
  const units = BigInt(d.coefficient) * powerOfTen(shift);
  const n = Number(units);
  return Number.isSafeInteger(n) ? n : NaN;
}

/** The integer at `scale` decimals, rounded half to even (market prices only); NaN where it is no safe integer. */
export function roundedAtScale(d: Decimal, scale: number): number {
  if (d.scale <= scale) return atScale(d, scale);
  const n = Number(roundHalfEven(BigInt(d.coefficient), powerOfTen(d.scale - scale)));
  return Number.isSafeInteger(n) ? n : NaN;
}

/** An integer at `scale` decimals as plain text, without trailing zeros: (1872300, 4) is "187.23". */
export function scaledText(units: number, scale: number): string {
  if (scale === 0) return String(units);
  const digits = String(Math.abs(units)).padStart(scale + 1, '0');
  let end = digits.length;
  const point = end - scale;
  while (end > point && digits.charCodeAt(end - 1) === 48) end--;
  const sign = units < 0 ? '-' : '';
  return end === point
    ? sign + digits.slice(0, point)
    : `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`;
}
