/**
 * The oracle's arithmetic: fractions of BigInts and one rounding, written to be obviously right. Slow on purpose, and
 * independent: imports nothing of the product, so that a mistake there cannot hide here.
 */

/** n / d, d > 0. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const one: Fraction = { n: 1n, d: 1n };

export const safeMax = 2n ** 53n - 1n;

export function isSafeInteger(x: bigint): boolean {
  return -safeMax <= x && x <= safeMax;
}

export function tenTo(n: number): bigint {
  return 10n ** BigInt(n);
}

export function absolute(x: bigint): bigint {
  return x < 0n ? -x : x;
}

export function times(a: Fraction, b: Fraction): Fraction {
  return { n: a.n * b.n, d: a.d * b.d };
}

/** 1 / x; x > 0. */
export function inverse(x: Fraction): Fraction {
  return { n: x.d, d: x.n };
}

/** The nearest integer; from the middle, the even one. */
export function nearestEven({ n, d }: Fraction): bigint {
  const floor = n >= 0n ? n / d : -((d - 1n - n) / d);
  const beyondMiddle = 2n * (n - floor * d) - d;
  if (beyondMiddle === 0n) return floor % 2n === 0n ? floor : floor + 1n;
  return beyondMiddle > 0n ? floor + 1n : floor;
}

/** Whether the fraction, rounded to nothing, is an integer when multiplied by 10^scale. */
export function fitsScale(x: Fraction, scale: number): boolean {
  return (x.n * tenTo(scale)) % x.d === 0n;
}

/** The integer x times 10^scale, rounded half to even where it is none. */
export function atScale(x: Fraction, scale: number): bigint {
  return nearestEven({ n: x.n * tenTo(scale), d: x.d });
}

/** An integer at `scale` decimals as text without trailing zeros. */
export function plainText(units: bigint, scale: number): string {
  const one = tenTo(scale);
  const whole = absolute(units) / one;
  const rest = (absolute(units) % one).toString().padStart(scale, '0').replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${scale > 0 && rest !== '' ? `.${rest}` : ''}`;
}

/** A value to so many significant digits, as text: what is printed of an average cost. */
export function significantText(x: Fraction, digits: number): string {
  if (x.n === 0n) return '0';
  let decimals = digits;
  const size = (at: number): number => absolute(atScale(x, at)).toString().length;
  while (size(decimals) < digits) decimals++;
  while (decimals > 0 && size(decimals) > digits) decimals--;
  return plainText(atScale(x, decimals), decimals);
}

const decimalText = /^(-?)(\d+)(?:\.(\d+))?$/;
const numberText = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/**
 * A decimal of the wire, exactly: text, or a JSON number at its shortest form. Null where it is none, or a number of
 * more significant digits than `digitsMax`.
 */
export function decimalOf(x: unknown, digitsMax = 15): Fraction | null {
  const found =
    typeof x === 'string' ? decimalText.exec(x) : typeof x === 'number' ? numberText.exec(String(x)) : null;
  if (!found) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found;
  const digits = whole + fraction;
  if (typeof x === 'number' && digits.replace(/^0+|0+$/g, '').length > digitsMax) return null;
  const shift = Number(exponent) - fraction.length;
  const n = BigInt(sign + digits);
  return shift >= 0 ? { n: n * tenTo(shift), d: 1n } : { n, d: tenTo(-shift) };
}
