/**
 * Reads the common price messages from their bytes, straight into integers at the symbol's scale:
 * `{"price":"187.23","ts":1760000000000}`, the same with numbers, `{"bid":..,"ask":..}`, and with a `symbol` as in a
 * batch. Whatever is unusual (escapes, exponents, more than 15 digits, other keys, anything wrong) it leaves to the
 * plain decoder, to which a property test holds it. Why: 30-40 ns against 400 for JSON.parse alone.
 */
import { quotientHalfEven } from '../../src/domain/rounding.ts';

export const scannedPrice = 1;
export const scannedQuote = 2;
/** Not one of the common forms: let the plain decoder judge it. */
export const unusual = 0;
export type Scanned = typeof scannedPrice | typeof scannedQuote | typeof unusual;

const digitsMax = 15;
// prettier-ignore
const powers: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

const hasPrice = 1;
const hasBid = 2;
const hasAsk = 4;
const hasTs = 8;
const hasSymbol = 16;

export class PriceScanner {
  /** Milliseconds; NaN where the message gives none. */
  ts = NaN;
  /** Where the symbol's text stands; start is -1 where there is none. */
  symbolStart = -1;
  symbolEnd = -1;
  /** Where the scan ended: behind the closing brace. */
  end = 0;
  /** Of the two values at most that a message has: digits as an integer, and how many of them are decimals. */
  private price = 0;
  private priceDecimals = 0;
  private ask = 0;
  private askDecimals = 0;
  private value = 0;
  private decimals = 0;

  /** Reads one object that starts at `start` (or after spaces). Fields hold until the next scan. */
  scan(bytes: Uint8Array, start: number): Scanned {
    let at = skipSpaces(bytes, start);
    if (bytes[at] !== 0x7b) return unusual;
    this.ts = NaN;
    this.symbolStart = -1;
    let seen = 0;
    for (;;) {
      at = skipSpaces(bytes, at + 1);
      if (bytes[at] !== 0x22) return unusual;
      let key: number;
      const first = bytes[at + 1];
      if (first === 0x74 && bytes[at + 2] === 0x73 && bytes[at + 3] === 0x22) {
        key = hasTs;
        at += 4;
      } else if (first === 0x70 && matches(bytes, at + 2, 0x72, 0x69, 0x63, 0x65) && bytes[at + 6] === 0x22) {
        key = hasPrice;
        at += 7;
      } else if (
        first === 0x62 &&
        bytes[at + 2] === 0x69 &&
        bytes[at + 3] === 0x64 &&
        bytes[at + 4] === 0x22
      ) {
        key = hasBid;
        at += 5;
      } else if (
        first === 0x61 &&
        bytes[at + 2] === 0x73 &&
        bytes[at + 3] === 0x6b &&
        bytes[at + 4] === 0x22
      ) {
        key = hasAsk;
        at += 5;
      } else if (
        first === 0x73 &&
        matches(bytes, at + 2, 0x79, 0x6d, 0x62, 0x6f) &&
        bytes[at + 6] === 0x6c &&
        bytes[at + 7] === 0x22
      ) {
        key = hasSymbol;
        at += 8;
      } else return unusual;
      if ((seen & key) !== 0) return unusual;
      seen |= key;
      at = skipSpaces(bytes, at);
      if (bytes[at] !== 0x3a) return unusual;
      at = skipSpaces(bytes, at + 1);
      at =
        key === hasSymbol
          ? this.scanSymbol(bytes, at)
          : key === hasTs
            ? this.scanTs(bytes, at)
            : this.scanDecimal(bytes, at);
      if (at < 0) return unusual;
      if (key === hasAsk) {
        this.ask = this.value;
        this.askDecimals = this.decimals;
      } else if (key === hasPrice || key === hasBid) {
        this.price = this.value;
        this.priceDecimals = this.decimals;
      }
      at = skipSpaces(bytes, at);
      if (bytes[at] === 0x2c) continue;
      if (bytes[at] !== 0x7d) return unusual;
      this.end = at + 1;
      const figures = seen & (hasPrice | hasBid | hasAsk);
      return figures === hasPrice ? scannedPrice : figures === (hasBid | hasAsk) ? scannedQuote : unusual;
    }
  }

  /** The price, or a quote's bid, at a scale, rounded half to even; NaN where the plain decoder must decide. */
  first(scale: number): number {
    return scaled(this.price, this.priceDecimals, scale);
  }

  /** A quote's ask. */
  second(scale: number): number {
    return scaled(this.ask, this.askDecimals, scale);
  }

  /** Whether `first(scale)` (or with a quote `second(scale)`) lost digits. */
  lostDigits(scale: number, isQuote: boolean): boolean {
    return (
      losesDigits(this.price, this.priceDecimals, scale) ||
      (isQuote && losesDigits(this.ask, this.askDecimals, scale))
    );
  }

  /** A decimal as text or number into `value` and `decimals`; the place behind it, -1 where it is unusual. */
  private scanDecimal(bytes: Uint8Array, start: number): number {
    let at = start;
    const isText = bytes[at] === 0x22;
    if (isText) at++;
    const isNegative = bytes[at] === 0x2d;
    if (isNegative) at++;
    const from = at;
    let value = 0;
    let digit = (bytes[at] as number) - 48;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = (bytes[++at] as number) - 48;
    }
    let digits = at - from;
    if (digits === 0 || (!isText && digits > 1 && bytes[from] === 48)) return -1;
    let decimals = 0;
    if (bytes[at] === 0x2e) {
      const fraction = ++at;
      digit = (bytes[at] as number) - 48;
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digit = (bytes[++at] as number) - 48;
      }
      decimals = at - fraction;
      if (decimals === 0) return -1;
      digits += decimals;
    }
    if (digits > digitsMax) return -1;
    if (isText) {
      if (bytes[at] !== 0x22) return -1;
      at++;
    }
    this.value = isNegative && value !== 0 ? -value : value;
    this.decimals = decimals;
    return at;
  }

  private scanTs(bytes: Uint8Array, start: number): number {
    let at = start;
    let value = 0;
    let digit = (bytes[at] as number) - 48;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = (bytes[++at] as number) - 48;
    }
    const digits = at - start;
    if (digits === 0 || digits > digitsMax || (digits > 1 && bytes[start] === 48)) return -1;
    this.ts = value;
    return at;
  }

  private scanSymbol(bytes: Uint8Array, start: number): number {
    if (bytes[start] !== 0x22) return -1;
    let at = start + 1;
    // Printable ASCII but for the quote and the backslash; whether it is a symbol is judged where it is looked up.
    for (
      let b = bytes[at] as number;
      b > 0x20 && b < 0x7f && b !== 0x22 && b !== 0x5c;
      b = bytes[at] as number
    )
      at++;
    if (bytes[at] !== 0x22) return -1;
    this.symbolStart = start + 1;
    this.symbolEnd = at;
    return at + 1;
  }
}

function skipSpaces(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let b = bytes[at]; b === 0x20 || b === 0x0a || b === 0x0d || b === 0x09; b = bytes[at]) at++;
  return at;
}

/** Whether nothing but spaces stands behind `start`. */
export function endsAt(bytes: Uint8Array, start: number): boolean {
  return skipSpaces(bytes, start) >= bytes.length;
}

function matches(bytes: Uint8Array, at: number, a: number, b: number, c: number, d: number): boolean {
  return bytes[at] === a && bytes[at + 1] === b && bytes[at + 2] === c && bytes[at + 3] === d;
}

/** At most 15 digits, so the quotient is rounded exactly; a product beyond the safe integers is left to others. */
function scaled(value: number, decimals: number, scale: number): number {
  if (decimals === scale) return value;
  if (decimals > scale) return quotientHalfEven(value, powers[decimals - scale] as number) + 0;
  const units = value * (powers[scale - decimals] as number);
  return units <= Number.MAX_SAFE_INTEGER && units >= -Number.MAX_SAFE_INTEGER ? units : NaN;
}

function losesDigits(value: number, decimals: number, scale: number): boolean {
  return decimals > scale && value % (powers[decimals - scale] as number) !== 0;
}
