/**
 * Effects that were recorded before a start, in the order of LEDGER, for as long as the events are applied again. Asked
 * in that order too, so that finding one is a step and not a search.
 */
import type { RecordedEffect } from './domain/recorded.ts';
import { EffectTable } from './effect-table.ts';
import type { RecallSource } from './ledger/recall.ts';

const none: readonly RecordedEffect[] = [];

export class RecordedEffects implements RecallSource {
  /** LEDGER sequence up to which effects are recorded. */
  through = 0;
  /** The largest tick that was recorded. */
  tick = 0;
  private readonly events = new EffectTable();
  private at = 0;
  private newest = 0;
  /** By sequence and index: rows that do not follow the order, of accounts that were rebuilt while others went on. */
  private readonly strays = new Map<string, number>();
  /** From here on events were recorded before the tick that told of them was known. */
  private untoldFrom = 0;
  private readonly lateOnes = new Map<string, RecordedEffect[]>();

  add(effect: RecordedEffect): void {
    if (!Number.isNaN(effect.tick)) this.told(effect);
    // A late booking comes after what its account had seen, which may be a message that was refused.
    this.through = Math.max(this.through, effect.sequence);
    if (effect.late === null) {
      const { sequence, index } = effect;
      if (sequence < this.newest) this.strays.set(`${sequence}:${index}`, this.events.count);
      else this.newest = sequence;
      this.events.add(effect);
      return;
    }
    const key = `${effect.account}:${String(effect.sequence)}`;
    const list = this.lateOnes.get(key);
    if (list) list.push(effect);
    else this.lateOnes.set(key, [effect]);
  }

  effect(sequence: number, index: number): RecordedEffect | null {
    const { events } = this;
    while (events.sequence(this.at) < sequence) this.at++;
    for (let row = this.at; events.sequence(row) === sequence; row++) {
      if (events.index(row) === index) return events.effect(row);
    }
    const stray = this.strays.size === 0 ? undefined : this.strays.get(`${sequence}:${index}`);
    return stray === undefined ? null : events.effect(stray);
  }

  /** Of events, without late bookings. */
  get count(): number {
    return this.events.count;
  }

  get hasLate(): boolean {
    return this.lateOnes.size > 0;
  }

  /** `<sequence>:<index>` of events that were recorded behind later ones: their rows came to frames behind these, too. */
  get strayPlaces(): ReadonlySet<string> {
    return new Set(this.strays.keys());
  }

  late(account: string, sequence: number): readonly RecordedEffect[] {
    if (this.lateOnes.size === 0) return none;
    return this.lateOnes.get(`${account}:${String(sequence)}`) ?? none;
  }

  /** Events that were recorded since the last tick are of this one. */
  private told({ tick, time }: RecordedEffect): void {
    this.tick = Math.max(this.tick, tick);
    while (this.untoldFrom < this.events.count) this.events.tell(this.untoldFrom++, tick, time);
  }

  /** All late bookings, in lists of one account at one of its sequences each. */
  lateOfAll(): Iterable<readonly RecordedEffect[]> {
    return this.lateOnes.values();
  }

  /** The past is applied: its memory is given back. */
  forget(): void {
    this.events.clear();
    this.at = this.untoldFrom = this.newest = 0;
    this.strays.clear();
    this.lateOnes.clear();
  }
}
