/**
 * Byte strings to small integers without making a string of them: what stands in a subject or a message a million
 * times is decoded once. Owns a hash table over stored bytes; knows nothing of what they mean. Bounded: the caller
 * decides what to do with what no longer fits.
 */

/** A slot without an entry. */
const empty = -1;

export class ByteInterner {
  private readonly entriesMax: number;
  private slots = new Int32Array(1024).fill(empty);
  private starts = new Int32Array(512);
  private values = new Int32Array(512);
  private bytes = new Uint8Array(8192);
  private count = 0;
  private used = 0;

  constructor(entriesMax: number) {
    this.entriesMax = entriesMax;
  }

  get size(): number {
    return this.count;
  }

  get isFull(): boolean {
    return this.count >= this.entriesMax;
  }

  /** The value stored for bytes[start..end), or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.slots.length - 1;
    for (let at = hash(bytes, start, end) & mask; ; at = (at + 1) & mask) {
      const entry = this.slots[at] as number;
      if (entry === empty) return -1;
      if (this.equals(entry, bytes, start, end)) return this.values[entry] as number;
    }
  }

  /** Stores a value (at least 0) for bytes that `find` does not know. Whether there was room. */
  add(bytes: Uint8Array, start: number, end: number, value: number): boolean {
    if (this.isFull) return false;
    if (this.count + 2 > this.starts.length) this.growEntries();
    if ((this.count + 1) * 2 > this.slots.length) this.growSlots();
    const length = end - start;
    while (this.used + length > this.bytes.length) this.bytes = grown(this.bytes);
    this.bytes.set(bytes.subarray(start, end), this.used);
    const entry = this.count++;
    this.starts[entry] = this.used;
    this.used += length;
    this.starts[entry + 1] = this.used;
    this.values[entry] = value;
    this.place(entry);
    return true;
  }

  private equals(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    let from = this.starts[entry] as number;
    if ((this.starts[entry + 1] as number) - from !== end - start) return false;
    for (let at = start; at < end; at++) if (bytes[at] !== this.bytes[from++]) return false;
    return true;
  }

  private place(entry: number): void {
    const mask = this.slots.length - 1;
    let at = hash(this.bytes, this.starts[entry] as number, this.starts[entry + 1] as number) & mask;
    while (this.slots[at] !== empty) at = (at + 1) & mask;
    this.slots[at] = entry;
  }

  private growSlots(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(empty);
    for (let entry = 0; entry < this.count; entry++) this.place(entry);
  }

  private growEntries(): void {
    const starts = new Int32Array(this.starts.length * 2);
    const values = new Int32Array(this.values.length * 2);
    starts.set(this.starts);
    values.set(this.values);
    this.starts = starts;
    this.values = values;
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

/** FNV-1a, mixed once more since the table's mask takes the low bits. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5;
  for (let at = start; at < end; at++) h = Math.imul(h ^ (bytes[at] as number), 0x01000193);
  return h ^ (h >>> 15);
}
