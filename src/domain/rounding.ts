/**
 * The one rounding of money: half to even. Two forms of it, held to each other by a property test:
 * exact over BigInt, and fast over doubles where the fast form is provably exact.
 */

const powers: bigint[] = [];

/** 10^n, n >= 0. */
export function powerOfTen(n: number): bigint {
  return (powers[n] ??= 10n ** BigInt(n));
}

/** n / d rounded half to even, d > 0. */
export function roundHalfEven(n: bigint, d: bigint): bigint {
  const negative = n < 0n;
  const a = negative ? -n : n;
  const remainder = a % d;
  let q = a / d;
  const twice = 2n * remainder;
  if (twice > d || (twice === d && (q & 1n) === 1n)) q += 1n;
  return negative ? -q : q;
}

/**
 * Adding and subtracting 1.5 x 2^52 rounds a double below 2^51 to an integer, half to even, in the FPU's own rounding.
 */
export const roundingMagic = 6755399441055744;

/**
 * Below this, `x / d` in doubles followed by `roundingMagic` is the exact half-even rounding of x / d for integers
 * x and d. Why: x / d differs from a tie (k + 1/2) by at least 1 / 2d unless it is one, and the double nearest to
 * x / d is off by at most |x / d| x 2^-53, which is less than 1 / 2d while |x| < 2^52. A tie itself is exact in a double.
 */
export const exactQuotientBelow = 4503599627370496;

/** x / d rounded half to even; x and d integers, |x| < `exactQuotientBelow`, |x / d| < 2^51. */
export function quotientHalfEven(x: number, d: number): number {
  return d === 1 ? x + 0 : x / d + roundingMagic - roundingMagic;
}

/** A double rounded half to even: of an amount at a rate that is no fraction any more. */
export function doubleHalfEven(x: number): number {
  return Math.abs(x) < roundingMagic / 3 ? x + roundingMagic - roundingMagic : Math.round(x);
}

/** Above the error of a product and a quotient in doubles, 2 x 2^-53, whatever their size. */
const relativeError = 1e-15;

/**
 * a x b / d rounded half to even, exact whatever the size of the product; NaN where the result is no safe integer.
 * Doubles decide where they are exact or far enough from a tie; BigInt decides the rest.
 */
export function mulDivHalfEven(a: number, b: number, d: number): number {
  const product = a * b;
  if (product < exactQuotientBelow && product > -exactQuotientBelow) return quotientHalfEven(product, d);
  const near = product / d;
  const floor = Math.floor(near);
  const overTie = near - floor - 0.5;
  if (Math.abs(overTie) > Math.abs(near) * relativeError) return overTie > 0 ? floor + 1 : floor;
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) return NaN;
  return safeNumber(roundHalfEven(BigInt(a) * BigInt(b), BigInt(d)));
}

/** As a number; NaN where it is no safe integer. */
export function safeNumber(x: bigint): number {
  const n = Number(x);
  return Number.isSafeInteger(n) ? n : NaN;
}

/** Whether a stored integer may be stored: |x| <= 2^53 - 1 (NaN is not). */
export function isSafe(x: number): boolean {
  return x <= Number.MAX_SAFE_INTEGER && x >= -Number.MAX_SAFE_INTEGER;
}

/**
 * total - old + now, where `old` is a part of `total`; exact while the result is safe, unsafe or NaN where it is not.
 * Safe integers differ by up to 2^54, which a double may not hold: the order of the two steps must avoid that.
 */
export function replacePart(total: number, old: number, now: number): number {
  if (!isSafe(now)) return NaN;
  const change = now - old;
  if (isSafe(change)) return total + change;
  const others = total - old;
  return isSafe(others) ? others + now : safeNumber(BigInt(total) - BigInt(old) + BigInt(now));
}
