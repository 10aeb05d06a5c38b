/**
 * A set of 32-bit fingerprints that says "certainly not" in one probe: nearly every id is new, and a search through an
 * account's pages would only find that out more slowly. A fingerprint may be in it several times.
 */
const minimumSlots = 1024;

export class Fingerprints {
  /** Open addressing; 0 is empty. */
  private slots = new Uint32Array(minimumSlots);
  private count = 0;

  has(fingerprint: number): boolean {
    const wanted = nonZero(fingerprint);
    const mask = this.slots.length - 1;
    for (let at = wanted & mask; ; at = (at + 1) & mask) {
      const found = this.slots[at];
      if (found === wanted) return true;
      if (found === 0) return false;
    }
  }

  /** Room for so many more. */
  reserve(more: number): void {
    let { length } = this.slots;
    while ((this.count + more) * 5 > length * 4) length *= 2;
    if (length > this.slots.length) this.grow(length);
  }

  add(fingerprint: number): void {
    if (++this.count * 5 > this.slots.length * 4) this.grow(this.slots.length * 2);
    this.put(nonZero(fingerprint));
  }

  /** Takes out one occurrence; what its slot kept others from moves up. */
  remove(fingerprint: number): void {
    const { slots } = this;
    const wanted = nonZero(fingerprint);
    const mask = slots.length - 1;
    let hole = wanted & mask;
    while (slots[hole] !== wanted) {
      if (slots[hole] === 0) return;
      hole = (hole + 1) & mask;
    }
    this.count--;
    for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = (slots[at] as number) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = slots[at] as number;
      hole = at;
    }
    slots[hole] = 0;
  }

  private put(wanted: number): void {
    const mask = this.slots.length - 1;
    let at = wanted & mask;
    while (this.slots[at] !== 0) at = (at + 1) & mask;
    this.slots[at] = wanted;
  }

  private grow(length: number): void {
    const old = this.slots;
    this.slots = new Uint32Array(length);
    for (const each of old) if (each !== 0) this.put(each);
  }
}

function nonZero(fingerprint: number): number {
  return fingerprint >>> 0 || 1;
}
