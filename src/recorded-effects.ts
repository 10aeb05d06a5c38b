/**
 * Effects that were recorded before a start, in the order of LEDGER, for as long as the events are applied again. Asked
 * in that order too, so that finding one is a step and not a search.
 */
import type { RecordedEffect } from './domain/recorded.ts';
import type { RecallSource } from './ledger/recall.ts';

export class RecordedEffects implements RecallSource {
  /** LEDGER sequence up to which effects are recorded. */
  through = 0;
  /** The largest tick that was recorded. */
  tick = 0;
  private events: RecordedEffect[] = [];
  private at = 0;
  /** From here on events were recorded before the tick that told of them was known. */
  private untoldFrom = 0;
  private readonly lateOnes = new Map<string, RecordedEffect[]>();

  add(effect: RecordedEffect): void {
    if (!Number.isNaN(effect.tick)) this.told(effect);
    // A late booking comes after what its account had seen, which may be a message that was refused.
    this.through = Math.max(this.through, effect.sequence);
    if (effect.late === null) {
      this.events.push(effect);
      return;
    }
    const key = `${effect.account}:${String(effect.sequence)}`;
    const list = this.lateOnes.get(key);
    if (list) list.push(effect);
    else this.lateOnes.set(key, [effect]);
  }

  effect(sequence: number, index: number): RecordedEffect | null {
    const { events } = this;
    while (this.at < events.length && (events[this.at]?.sequence ?? 0) < sequence) this.at++;
    for (let i = this.at; events[i]?.sequence === sequence; i++) {
      const event = events[i];
      if (event?.index === index) return event;
    }
    return null;
  }

  late(account: string, sequence: number): readonly RecordedEffect[] {
    return this.lateOnes.size === 0 ? [] : (this.lateOnes.get(`${account}:${String(sequence)}`) ?? []);
  }

  /** Events that were recorded since the last tick are of this one. */
  private told({ tick, time }: RecordedEffect): void {
    this.tick = Math.max(this.tick, tick);
    for (; this.untoldFrom < this.events.length; this.untoldFrom++) {
      const event = this.events[this.untoldFrom];
      if (event !== undefined && Number.isNaN(event.tick))
        this.events[this.untoldFrom] = { ...event, tick, time };
    }
  }

  /** All late bookings, in lists of one account at one of its sequences each. */
  lateOfAll(): Iterable<readonly RecordedEffect[]> {
    return this.lateOnes.values();
  }

  /** The past is applied: its memory is given back. */
  forget(): void {
    this.events = [];
    this.at = this.untoldFrom = 0;
    this.lateOnes.clear();
  }
}
