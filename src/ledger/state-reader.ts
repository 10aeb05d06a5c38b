/** Reads what `state-writer.ts` wrote, in the same order. Bytes that end too early are an error, never a zero. */
import { double, negative, notANumber } from './state-writer.ts';

/** From here on the engine's own decoding of text is faster than a loop. */
const longText = 24;
/** Names are short, and of those that come often there are some thousands; further ones are texts like any other. */
const nameBytesMax = 24;
const nameSlots = 16_384;

export class StateReader {
  /** The bytes are copied: views of every state would keep the garbage collector busier than reading them. */
  private bytes = Buffer.alloc(4096);
  private view = new DataView(this.bytes.buffer, this.bytes.byteOffset);
  private length = 0;
  private at = 0;
  private sectionEnd = 0;
  /** Open addressing by the bytes of a name; without a place until there is one. */
  private names: (string | undefined)[] = [];
  private namesKept = 0;

  start(bytes: Uint8Array): void {
    if (bytes.length > this.bytes.length) {
      this.bytes = Buffer.alloc(bytes.length);
      this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset);
    }
    this.bytes.set(bytes);
    this.length = bytes.length;
    this.at = this.sectionEnd = 0;
  }

  get isAtEnd(): boolean {
    return this.at === this.length;
  }

  byte(): number {
    return this.bytes[this.take(1)] ?? 0;
  }

  count(): number {
    let x = 0;
    let scale = 1;
    for (let byte = this.byte(); ; byte = this.byte()) {
      x += (byte & 127) * scale;
      if (byte < 128) return x;
      scale *= 128;
    }
  }

  number(): number {
    const head = this.byte();
    if (head === notANumber) return NaN;
    if (head === double) return this.view.getFloat64(this.take(8), true);
    const size = head & 7;
    let at = this.take(size);
    let x = 0;
    for (let scale = 1; at < this.at; scale *= 256) x += (this.bytes[at++] ?? 0) * scale;
    return head < negative ? x : -x;
  }

  text(): string {
    const head = this.count();
    const length = head >>> 1;
    if (head % 2 === 1) return this.bytes.toString('utf16le', this.take(2 * length), this.at);
    const start = this.take(length);
    if (length >= longText) return this.bytes.toString('latin1', start, this.at);
    let s = '';
    for (let at = start; at < this.at; at++) s += String.fromCharCode(this.bytes[at] ?? 0);
    return s;
  }

  /** A text that many states have: a symbol, a currency. The same string each time, so that comparing it is cheap. */
  name(): string {
    const start = this.at;
    const length = (this.bytes[start] ?? 0) >>> 1;
    const end = start + 1 + length;
    // Longer ones, and those of two bytes a character, are rare.
    if ((this.bytes[start] ?? 0) % 2 === 1 || length > nameBytesMax || end > this.length) return this.text();
    let hash = length;
    for (let at = start + 1; at < end; at++) hash = Math.imul(hash ^ (this.bytes[at] ?? 0), 0x01000193);
    for (let place = (hash ^ (hash >>> 15)) & (nameSlots - 1); ; place = (place + 1) & (nameSlots - 1)) {
      const known = this.names[place];
      if (known === undefined) return this.nameAt(place);
      if (known.length !== length || !this.isNext(known)) continue;
      this.at = end;
      return known;
    }
  }

  private isNext(text: string): boolean {
    const start = this.at + 1;
    for (let i = 0; i < text.length; i++) if (this.bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** The text at hand, kept in the place while there is room. */
  private nameAt(place: number): string {
    const text = this.text();
    if (this.names.length === 0) this.names = Array.from({ length: nameSlots }, () => undefined);
    if (this.namesKept * 2 < nameSlots) {
      this.names[place] = text;
      this.namesKept++;
    }
    return text;
  }

  /** The next bytes, until the next state is read. */
  raw(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, this.at);
  }

  /** 32 bits. */
  word(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** The tag of the section that follows. */
  beginSection(): number {
    const tag = this.byte();
    const length = this.view.getUint32(this.take(4), true);
    this.sectionEnd = this.at + length;
    return tag;
  }

  get isAtSectionEnd(): boolean {
    return this.at >= this.sectionEnd;
  }

  endSection(): void {
    if (this.at !== this.sectionEnd)
      throw new Error('a section of the state of an account has another length');
  }

  /** Where the next `length` bytes begin; the position is after them. */
  private take(length: number): number {
    const start = this.at;
    if (start + length > this.length) throw new Error('the state of an account ends too early');
    this.at = start + length;
    return start;
  }
}
