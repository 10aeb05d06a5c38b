/** One element of a ledger message and what it did, as `replay` shows it, told by the book that applies it. */
import { scaledText } from '../../domain/decimal.ts';
import type { Effect } from '../../domain/effect.ts';
import type { LedgerEvent, LedgerMessage, VoidEvent } from '../../domain/ledger-event.ts';
import { isRejected } from '../../domain/ledger-event.ts';
import type { Rejected } from '../../domain/rejection.ts';
import { IndifferentJudge } from '../rebuild/indifferent-judge.ts';
import { elementKey } from '../rebuild/ledger-only.ts';

/** Money in minor units of `currency`, decimals as text; null where the event has no such figure. */
export interface Step {
  readonly sequence: number;
  readonly index: number;
  /** LEDGER's, milliseconds. */
  readonly time: number;
  readonly subject: string;
  /** null where the element is none that could be read. */
  readonly event: LedgerEvent | null;
  outcome: 'applied' | 'duplicate' | 'rejected' | 'waits';
  /** Of a rejection. */
  reason: string | null;
  detail: string | null;
  /** Of what was applied. */
  effect: StepEffect | null;
}

export interface StepEffect {
  /** '' where the event is about none. */
  readonly symbol: string;
  readonly currency: string;
  readonly quantityBefore: string;
  readonly quantityAfter: string;
  readonly cashEffect: number;
  readonly realized: number;
  readonly fees: number;
}

export class StepJudge extends IndifferentJudge {
  private done: Step[] = [];
  /** Of the message at hand. */
  private current: Step[] = [];
  private message: LedgerMessage | null = null;
  /** Voids that wait for their target, by their element. */
  private readonly waiting = new Map<string, VoidEvent>();

  /** A message is applied next: what nothing is told of waits. */
  begin(message: LedgerMessage): void {
    this.message = message;
    this.done.push(...this.current);
    this.current = message.items.map((item, index) =>
      stepOf(message, index, isRejected(item) ? null : item, 'waits'),
    );
  }

  /** The steps since the last call, in order. */
  take(): Step[] {
    const steps = [...this.done, ...this.current];
    for (const { outcome, event, sequence, index } of this.current) {
      if (outcome === 'waits' && event?.kind === 'void') this.waiting.set(elementKey(sequence, index), event);
    }
    this.done = [];
    this.current = [];
    return steps;
  }

  override applied(effect: Effect): void {
    const { event, index } = effect;
    let step = this.current[index];
    if (step === undefined && this.message !== null && event.kind === 'void') {
      // It had waited, and is applied with its target, behind the elements of the message.
      this.current.push((step = stepOf(this.message, index, event, 'applied')));
      for (const [key, { id }] of this.waiting) if (id === event.id) this.waiting.delete(key);
    }
    if (step === undefined) return;
    step.outcome = 'applied';
    step.effect = effectOf(effect);
  }

  override duplicate(_message: LedgerMessage, index: number): void {
    const step = this.current[index];
    if (step !== undefined) step.outcome = 'duplicate';
  }

  override rejected(message: LedgerMessage, index: number, { reason, detail }: Rejected): void {
    let step = message === this.message ? this.current[index] : undefined;
    if (step === undefined) {
      // A void that has waited for too long, or in vain.
      const key = elementKey(message.sequence, index);
      const event = this.waiting.get(key) ?? null;
      this.waiting.delete(key);
      this.done.push((step = stepOf(message, index, event, 'rejected')));
    }
    step.outcome = 'rejected';
    step.reason = reason;
    step.detail = detail;
  }
}

function stepOf(
  { sequence, time, subject }: LedgerMessage,
  index: number,
  event: LedgerEvent | null,
  outcome: Step['outcome'],
): Step {
  return { sequence, index, time, subject, event, outcome, reason: null, detail: null, effect: null };
}

/** The effect is reused by the book: what is kept of it. */
function effectOf(effect: Effect): StepEffect {
  const { symbol, currency, quantityScale, cashEffect, realized, fees } = effect;
  return {
    symbol,
    currency,
    quantityBefore: scaledText(effect.quantityBefore, quantityScale),
    quantityAfter: scaledText(effect.quantityAfter, quantityScale),
    // Not -0, which would read so.
    cashEffect: cashEffect + 0,
    realized: realized + 0,
    fees: fees + 0,
  };
}
