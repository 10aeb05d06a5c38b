/**
 * Writes the state of an account as bytes: small integers short, every number exactly (-0 and NaN too), texts whole.
 * `state-reader.ts` reads it back. Knows nothing of accounts; the buffer grows and is used again.
 */

/** First byte of a number: how many bytes of magnitude follow (0 to 6), and the sign; or one of these. */
export const negative = 8;
export const notANumber = 7;
export const double = 15;
/** Integers below it take as many bytes as they need, others the eight bytes of a double. */
const shortBelow = 2 ** 48;
const numberBytesMax = 9;
const countBytesMax = 5;

export class StateWriter {
  private bytes = Buffer.alloc(4096);
  private view = viewOf(this.bytes);
  private at = 0;
  private section = 0;

  /** Begins anew. */
  start(): void {
    this.at = 0;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return new Uint8Array(this.bytes.subarray(0, this.at));
  }

  byte(x: number): void {
    this.reserve(1);
    this.bytes[this.at++] = x;
  }

  /** A length, or how many: an integer from 0 to 2^32 - 1, seven bits a byte. */
  count(x: number): void {
    this.reserve(countBytesMax);
    let rest = x;
    for (; rest > 127; rest >>>= 7) this.bytes[this.at++] = (rest & 127) | 128;
    this.bytes[this.at++] = rest;
  }

  number(x: number): void {
    this.reserve(numberBytesMax);
    const size = Math.abs(x);
    if (!(size < shortBelow) || Math.floor(size) !== size) {
      this.bytes[this.at++] = Number.isNaN(x) ? notANumber : double;
      if (Number.isNaN(x)) return;
      this.view.setFloat64(this.at, x, true);
      this.at += 8;
      return;
    }
    const head = this.at++;
    let low = size >>> 0;
    let high = (size - low) / 2 ** 32;
    if (high > 0) {
      this.view.setUint32(this.at, low, true);
      this.at += 4;
      low = 0;
    }
    for (; low !== 0; low >>>= 8) this.bytes[this.at++] = low & 255;
    for (; high !== 0; high >>>= 8) this.bytes[this.at++] = high & 255;
    this.bytes[head] = this.at - head - 1 + (x < 0 || Object.is(x, -0) ? negative : 0);
  }

  /** One byte a character where all are below 256, else two: what is no well-formed text comes back as it was, too. */
  text(s: string): void {
    const { length } = s;
    this.reserve(countBytesMax + 2 * length);
    const start = this.at;
    this.count(length * 2);
    for (let i = 0; i < length; i++) {
      const code = s.charCodeAt(i);
      if (code > 255) {
        this.at = start;
        this.count(length * 2 + 1);
        this.at += this.bytes.write(s, this.at, 'utf16le');
        return;
      }
      this.bytes[this.at++] = code;
    }
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** 32 bits. */
  word(x: number): void {
    this.reserve(4);
    this.view.setUint32(this.at, x, true);
    this.at += 4;
  }

  /** What follows, until `endSection`, is the section's: its tag, its length in four bytes, its bytes. */
  beginSection(tag: number): void {
    this.reserve(5);
    this.bytes[this.at] = tag;
    this.at += 5;
    this.section = this.at;
  }

  /** A section without a byte is left out. */
  endSection(): void {
    const length = this.at - this.section;
    if (length === 0) this.at -= 5;
    else this.view.setUint32(this.section - 4, length, true);
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.bytes.length * 2, this.at + more));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
