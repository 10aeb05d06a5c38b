/**
 * Runs ticks, one after the other: marks, one event an account, emissions; and sees to it that nobody is told what came
 * of a ledger event before its effect is in the effect log. A tick begins only when the one before it is told, and only
 * while this process owns the partition: prices that come meanwhile are conflated, so that the next tick has the latest.
 */
import type { PartitionEvent } from '../actors/partition.ts';
import { limits } from '../config/limits.ts';
import type { Alerting } from './alerting.ts';
import type { Counters } from './counters.ts';
import type { CurveWriter } from './curve-writer.ts';
import type { PriceChanges } from './domain/price-change.ts';
import type { InstrumentWriter } from './instrument-writer.ts';
import type { Ports, TickMessage } from './ports.ts';

export interface TickerParts {
  readonly ports: Ports;
  /** To the partition's actor. */
  readonly send: (event: PartitionEvent) => void;
  readonly curve: CurveWriter;
  readonly reference: InstrumentWriter;
  readonly alerting: Alerting;
  readonly counters: Counters;
  /** LEDGER sequence applied last. */
  readonly applied: () => number;
  /** Told of each tick that is done. */
  readonly done: (changes: PriceChanges) => void;
}

export class Ticker {
  /** The last tick. Ticks never go back, whatever the clock or the sender says. */
  tick = 0;
  /** No tick of the engine's own clock may be above this: what is above has not been reserved. */
  ceiling = 0;
  /** Wall time of the last tick, and whether the curve has rows since it was written on idling. */
  tickedAt = 0;
  isCurveOpen = false;
  /** What was applied up to this LEDGER sequence, and what the ticks up to this one booked, is in the effect log. */
  durableThrough = 0;
  durableTick = 0;
  /** Position in the effect log behind all of that, taken with it: whoever has that much reads on from here. */
  effectsFrom = 1;
  /** Rows of effects that were given to frames when these were sealed last. */
  private rowsSealed = 0;
  private isBusy = false;
  private settling: Promise<void> = Promise.resolve();
  private readonly parts: TickerParts;

  constructor(parts: TickerParts) {
    this.parts = parts;
  }

  /** LEDGER sequence applied last. */
  get applied(): number {
    return this.parts.applied();
  }

  /** Whether a tick may begin now. One that finds it false is one with the next. */
  get isFree(): boolean {
    return !this.isBusy && this.parts.ports.lease.isHeld;
  }

  /** The same, for ticks of the engine's own clock at `now`. */
  isFreeAt(now: number): boolean {
    return this.isFree && !this.parts.ports.frames.congested && Math.max(this.tick + 1, now) <= this.ceiling;
  }

  /** Resolves when the tick is told. Rejects with Fenced where another process owns the partition. */
  async run(message: TickMessage, changes: PriceChanges): Promise<void> {
    const { ports, send, curve, reference, alerting, counters, applied } = this.parts;
    const startedAt = performance.now();
    const tick = Math.max(this.tick + 1, message.tick);
    const { time } = message;
    this.isBusy = true;
    // What a tick could not tell while the lease was in doubt comes before what this one tells.
    if (ports.lease.isHeld) ports.updates.release();
    this.tick = tick;
    curve.begin(time);
    alerting.clearHeld(changes, time);
    const held = (symbol: number): void => {
      alerting.tooLarge(symbol, time);
    };
    send({ type: 'tick', tick, time, changes, held });
    curve.end(tick, time, changes);
    reference.write(time);
    const through = applied();
    this.seal(tick, time, through);
    this.isCurveOpen = true;
    this.tickedAt = ports.clock.now();
    counters.ticked(performance.now() - startedAt);
    await this.publish(tick, time);
    this.durableTick = tick;
    this.noteDurable(through);
    ports.frames.release();
    if (ports.lease.isHeld) ports.updates.release();
    counters.toldAfter(performance.now() - startedAt);
    this.parts.done(changes);
    this.isBusy = false;
  }

  /**
   * Without a tick, much of the ledger having come: what was applied until now is made durable. `areTimed`: events have
   * a time of their own, so that their rows need not wait for a tick either.
   */
  async settle(areTimed: boolean): Promise<void> {
    const { ports, applied } = this.parts;
    await this.settling;
    const through = applied();
    await this.publish(NaN, NaN);
    // A tick that has begun meanwhile sees to it itself.
    if (this.isBusy || !areTimed) return;
    this.noteDurable(through);
    this.seal(this.tick, NaN, through);
    ports.frames.release();
  }

  /** The same for events that have the time of the tick that they are applied for: it has come, and is not run yet. */
  async settleFor({ tick: asked, time }: TickMessage): Promise<void> {
    const { ports, applied } = this.parts;
    await this.settling;
    const tick = Math.max(this.tick + 1, asked);
    const through = applied();
    await this.publish(tick, time);
    if (this.isBusy) return;
    this.noteDurable(through);
    this.seal(tick, time, through);
    ports.frames.release();
  }

  /** All that was applied up to `through` is in the effect log, and nothing else is in it. */
  noteDurable(through: number): void {
    this.durableThrough = through;
    this.effectsFrom = this.parts.ports.effects.position + 1;
  }

  /** Resolves when what was recorded until now is in the effect log: also what somebody else has published already. */
  private publish(tick: number, time: number): Promise<void> {
    const { effects } = this.parts.ports;
    if (!effects.isEmpty) this.settling = effects.publish(tick, time);
    return this.settling;
  }

  /** Whether so much was applied since the last tick that it should be published without one. */
  get isLoaded(): boolean {
    return this.parts.ports.effects.outstandingBytes > limits.effectsUnpublishedBytesMax;
  }

  /** Rows of effects that wait for the tick that tells of them. */
  get unsealedRows(): number {
    return this.parts.ports.frames.effectsWritten - this.rowsSealed;
  }

  private seal(tick: number, time: number, through: number): void {
    const { frames } = this.parts.ports;
    frames.seal(tick, time, through);
    this.rowsSealed = frames.effectsWritten;
  }

  /** Resolves when nothing that was published is under way. */
  async idle(): Promise<void> {
    await this.settling;
  }
}
