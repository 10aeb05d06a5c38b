/**
 * What the effect log says of one account's events since its state was written, and of what was booked of it later:
 * asked in any order, as often as it is applied. Knows nothing of where the log is.
 */
import type { RecordedEffect } from './domain/recorded.ts';
import type { RecallSource } from './ledger/recall.ts';

export class AccountPast implements RecallSource {
  private readonly account: string;
  private readonly sequences: ReadonlySet<number>;
  private readonly events = new Map<string, RecordedEffect>();
  private readonly lateOnes = new Map<number, RecordedEffect[]>();
  /** Keys of events that were recorded before the tick that told of them was known. */
  private untold: string[] = [];

  /** `sequences`: LEDGER sequences of the account's messages, since records of events do not name it. */
  constructor(account: string, sequences: Iterable<number>) {
    this.account = account;
    this.sequences = new Set(sequences);
  }

  /** Every effect of the log, in order, whosever it is. */
  add(effect: RecordedEffect): void {
    const { sequence, index, tick, time } = effect;
    if (!Number.isNaN(tick)) this.tell(tick, time);
    if (effect.late !== null) {
      if (effect.account !== this.account) return;
      const list = this.lateOnes.get(sequence);
      if (list) list.push(effect);
      else this.lateOnes.set(sequence, [effect]);
      return;
    }
    if (!this.sequences.has(sequence)) return;
    const key = keyOf(sequence, index);
    this.events.set(key, effect);
    if (Number.isNaN(tick)) this.untold.push(key);
  }

  effect(sequence: number, index: number): RecordedEffect | null {
    return this.events.get(keyOf(sequence, index)) ?? null;
  }

  late(_account: string, sequence: number): readonly RecordedEffect[] {
    return this.lateOnes.get(sequence) ?? [];
  }

  /** All late bookings, in lists of one sequence each. */
  lateOfAll(): Iterable<readonly RecordedEffect[]> {
    return this.lateOnes.values();
  }

  private tell(tick: number, time: number): void {
    for (const key of this.untold) {
      const effect = this.events.get(key);
      if (effect !== undefined) this.events.set(key, { ...effect, tick, time });
    }
    this.untold = [];
  }
}

function keyOf(sequence: number, index: number): string {
  return `${String(sequence)}:${String(index)}`;
}
