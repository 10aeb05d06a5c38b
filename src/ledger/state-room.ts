/**
 * Room for the states of one batch, used again for the next: a buffer of its own for each of thousands a second is work
 * for the garbage collector, in pauses. What finds no room has one all the same.
 */
export class StateRoom {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytesMax: number) {
    this.bytes = new Uint8Array(bytesMax);
  }

  /** A copy that stays as it is until `clear`. */
  keep(state: Uint8Array): Uint8Array {
    const end = this.at + state.length;
    if (end > this.bytes.length) return new Uint8Array(state);
    const kept = this.bytes.subarray(this.at, end);
    kept.set(state);
    this.at = end;
    return kept;
  }

  clear(): void {
    this.at = 0;
  }
}
