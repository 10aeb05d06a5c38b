/**
 * Text of wire messages written as bytes into a buffer that grows: numbers digit by digit, ASCII without an encoder.
 * Knows JSON's literals and strings, but no message. Several times faster than building strings and encoding them.
 */
import { scaledText } from '../../src/domain/decimal.ts';
import { doubleText } from './double-text.ts';

const zero = 48;
const comma = 44;
const billion = 1e9;
/** Room left behind text, so that the punctuation after it needs no reserving. */
const slackBytes = 64;

export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `more` bytes; what follows within them needs no check. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** Text that is known to be ASCII, as it is. Room must be reserved. */
  ascii(text: string): void {
    const bytes = this.bytes;
    let at = this.length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.length = at;
  }

  /** A safe integer; up to 17 bytes, to be reserved. */
  integer(value: number): void {
    if (value === 0) {
      this.bytes[this.length++] = zero;
      return;
    }
    let n = value;
    if (n < 0) {
      this.bytes[this.length++] = 45;
      n = -n;
    }
    if (n < billion) this.digits(n, digitCount(n));
    else {
      const high = Math.floor(n / billion);
      this.digits(high, digitCount(high));
      this.digits(n - high * billion, 9);
    }
  }

  /** A safe integer, or null for NaN. */
  integerOrNull(value: number): void {
    if (Number.isNaN(value)) this.ascii('null');
    else this.integer(value);
  }

  /** A double as JavaScript writes it, null where JSON has no number; up to 30 bytes, to be reserved. */
  double(value: number): void {
    if (Number.isSafeInteger(value)) {
      this.integer(value);
      return;
    }
    this.ascii(doubleText(value));
  }

  /** An integer at `scale` decimals as a JSON string: (1872300, 4) is "187.23"; up to 40 bytes, to be reserved. */
  decimal(units: number, scale: number): void {
    this.byte(34);
    if (scale === 0 || scale > 9) this.ascii(scaledText(units, scale));
    else this.fixed(units, scale);
    this.byte(34);
  }

  /** Whole part and fraction apart: both are integers that `integer` and `digits` write exactly. */
  private fixed(units: number, scale: number): void {
    if (units < 0) this.bytes[this.length++] = 45;
    const size = Math.abs(units);
    const power = powers[scale] as number;
    const whole = Math.floor(size / power);
    // A quotient just below an integer may be rounded up to it.
    const rest = size - whole * power;
    this.integer(rest < 0 ? whole - 1 : whole);
    // Below 10^9: from here on machine integers, of which a remainder costs a fraction of that of doubles.
    let fraction = (rest < 0 ? rest + power : rest) | 0;
    if (fraction === 0) return;
    let places = scale;
    for (let tenth = (fraction / 10) | 0; tenth * 10 === fraction; tenth = (fraction / 10) | 0) {
      fraction = tenth;
      places--;
    }
    this.bytes[this.length++] = 46;
    this.digits(fraction, places);
  }

  /** The next value of a list: a comma before it. */
  nextInteger(value: number): void {
    this.bytes[this.length++] = comma;
    if (value === 0) this.bytes[this.length++] = zero;
    else this.integer(value);
  }

  nextIntegerOrNull(value: number): void {
    this.bytes[this.length++] = comma;
    if (value === 0) this.bytes[this.length++] = zero;
    else this.integerOrNull(value);
  }

  nextDouble(value: number): void {
    this.bytes[this.length++] = comma;
    this.double(value);
  }

  nextDecimal(units: number, scale: number): void {
    this.bytes[this.length++] = comma;
    this.decimal(units, scale);
  }

  nextString(text: string): void {
    this.bytes[this.length++] = comma;
    this.string(text);
  }

  /** Any text as it is; makes its own room. */
  text(text: string): void {
    this.reserve(text.length * 3 + slackBytes);
    this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** A JSON string of any text; makes its own room. */
  string(text: string): void {
    this.reserve(text.length + 2 + slackBytes);
    const start = this.length;
    const bytes = this.bytes;
    let at = start;
    bytes[at++] = 34;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) {
        this.escaped(text);
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = 34;
    this.length = at;
  }

  /** Well-formed UTF-8 also for text with lone surrogates: JSON.stringify escapes them. */
  private escaped(text: string): void {
    this.text(JSON.stringify(text));
  }

  private digits(value: number, count: number): void {
    const bytes = this.bytes;
    let rest = value | 0;
    let at = this.length + count;
    const start = this.length;
    this.length = at;
    while (at - start > 1) {
      const next = (rest / 100) | 0;
      const pair = (rest - next * 100) * 2;
      bytes[--at] = pairs[pair + 1] as number;
      bytes[--at] = pairs[pair] as number;
      rest = next;
    }
    if (at > start) bytes[start] = zero + rest;
  }
}

/** "00" to "99". */
const pairs = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  pairs[2 * i] = zero + Math.floor(i / 10);
  pairs[2 * i + 1] = zero + (i % 10);
}
const encoder = new TextEncoder();
const powers = Array.from({ length: 10 }, (_, n) => 10 ** n);

function digitCount(n: number): number {
  if (n < 1e5) return n < 10 ? 1 : n < 100 ? 2 : n < 1e3 ? 3 : n < 1e4 ? 4 : 5;
  return n < 1e6 ? 6 : n < 1e7 ? 7 : n < 1e8 ? 8 : 9;
}
