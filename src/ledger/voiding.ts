/**
 * Voids within the book: which messages need the account's past before they are applied, what a void does when it comes,
 * what waits for its target, and what has waited for too long. The past comes from outside, as a `VoidRebuild`.
 */
import assert from 'node:assert/strict';
import { limits } from '../../config/limits.ts';
import type { Effect } from '../domain/effect.ts';
import type { LedgerEvent, LedgerMessage, VoidEvent } from '../domain/ledger-event.ts';
import { isRejected } from '../domain/ledger-event.ts';
import type { RecordedEffect } from '../domain/recorded.ts';
import type { Rejected } from '../domain/rejection.ts';
import { applyVoid } from './apply-void.ts';
import type { Book } from './book.ts';
import type { Judge } from './judge.ts';
import type { BookParts } from './book-parts.ts';
import { areaOf, hasSeenId } from './event-ids.ts';
import type { VoidableOrVoid } from './event-ids.ts';
import type { Outcome } from './outcome.ts';
import { outcomes } from './outcome.ts';
import type { Seen } from './seen-ids.ts';
import { VoidRebuild } from './void-rebuild.ts';
import { eventKey } from './voids.ts';
import type { WaitingVoid } from './voids.ts';

export class Voiding {
  private readonly b: BookParts;
  private readonly scratch: (rebuild: VoidRebuild) => Book;
  private readonly isScratch: boolean;
  /** Of the message at hand: how many voids that had waited were applied with it. */
  private appliedLate = 0;
  /** The account's past, for the message that is applied next; of a scratch book the one it is part of. */
  private rebuild: VoidRebuild | null;

  /**
   * @param scratch makes an empty book that finds its targets in the past at hand
   * @param scratchOf of such a book itself
   */
  constructor(b: BookParts, scratch: (rebuild: VoidRebuild) => Book, scratchOf: VoidRebuild | null) {
    this.b = b;
    this.scratch = scratch;
    this.isScratch = scratchOf !== null;
    this.rebuild = scratchOf;
  }

  /** Whether a message of the batch may need its account's past: cheap, and asked of every batch. */
  concerns(batch: readonly LedgerMessage[]): boolean {
    if (this.b.voids.hasWaiting) return true;
    for (const { items } of batch) for (const item of items) if (item.kind === 'void') return true;
    return false;
  }

  /**
   * What must be filled with the account's past, and handed to `provide`, before the message is applied; null where it
   * needs none. Asked when everything before the message has been applied.
   */
  rebuildFor(message: LedgerMessage): VoidRebuild | null {
    const { accounts, voids, instruments } = this.b;
    const row = accounts.find(message.account);
    if (row >= 0 && message.sequence <= (accounts.sequence[row] ?? 0)) return null;
    const waiting = voids.waiting(row).map(({ event }) => eventKey(event.area, event.of));
    const of = new Set<string>();
    for (const item of message.items) {
      if (isRejected(item) || !('id' in item) || item.kind === 'rebase') continue;
      if (item.kind === 'void') of.add(eventKey(item.area, item.of));
      else if (waiting.length > 0) {
        const key = eventKey(areaOf(item), item.id);
        if (waiting.includes(key)) of.add(key);
      }
    }
    if (of.size === 0) return null;
    const others = [...voids.voided(row), ...waiting];
    return new VoidRebuild(message, [...of], others, instruments, this.scratch);
  }

  provide(rebuild: VoidRebuild): void {
    this.rebuild = rebuild;
  }

  /** The message is applied: nobody needs its account's past any more. */
  forget(): void {
    this.appliedLate = 0;
    if (!this.isScratch) this.rebuild = null;
  }

  /** Voids that a message's time shows to have waited for too long are refused, before the message is applied. */
  expire(message: LedgerMessage, judge: Judge): void {
    if (!this.b.voids.isOverdue(message.time)) return;
    for (const { row, waiting } of this.b.voids.takeExpired(message)) {
      const own = this.messageOf(row, waiting);
      judge.rejected(own, waiting.index, outcomes.voidTooLate, message.sequence);
      judge.voidWaited(row, own, waiting.index);
    }
  }

  /** An event was applied, and may be voided. */
  noteApplied(): void {
    const { effect } = this.b;
    if (this.rebuild === null) return;
    this.rebuild.note(effect);
    if (!this.isScratch) this.rebuild.learn(recordOf(effect));
  }

  /**
   * Voids that waited for the event that was just applied. Their effects are of its message, after its elements: at the
   * message they came in nothing was done.
   */
  applyWaiting(
    row: number,
    item: LedgerEvent | Rejected,
    message: LedgerMessage,
    judge: Judge,
    apply: (event: VoidEvent, index: number) => Outcome,
  ): void {
    const { voids, effect } = this.b;
    if (!('id' in item) || item.kind === 'rebase') return;
    for (const waiting of voids.takeWaitingFor(row, eventKey(areaOf(item), item.id))) {
      const outcome = apply(waiting.event, message.items.length + this.appliedLate++);
      const own = this.messageOf(row, waiting);
      if (outcome === 'applied') {
        judge.applied(effect);
        // Who waited for the id of a void learns that it is one.
        this.applyWaiting(row, waiting.event, message, judge, apply);
      } else if (typeof outcome === 'object') judge.rejected(own, waiting.index, outcome, message.sequence);
      judge.voidWaited(row, own, waiting.index);
    }
  }

  /** Ids of voids that wait are not among those seen: should they be refused, they may be sent again. */
  seenWaiting(row: number, event: VoidableOrVoid): Seen {
    const area = areaOf(event);
    const same = this.b.voids
      .waiting(row)
      .find((waiting) => waiting.event.area === area && waiting.event.id === event.id);
    if (same === undefined) return 'new';
    return event.kind === 'void' && event.of === same.event.of ? 'duplicate' : 'conflict';
  }

  /**
   * A target that is known is voided, one that may still come is waited for. An id that was seen and is no such target
   * was voided before, or is a void's, or was forgotten: it will not come again.
   */
  apply(row: number, event: VoidEvent, message: LedgerMessage, index: number): Outcome {
    const { b, rebuild } = this;
    assert(rebuild !== null, "a void is applied with its account's past");
    const key = eventKey(event.area, event.of);
    if (b.voids.isVoided(row, key)) return outcomes.voidTarget;
    const target = rebuild.find(key);
    if (target !== null) {
      const outcome = applyVoid(b, row, target, rebuild);
      if (outcome !== 'applied') return outcome;
      rebuild.drop(target);
      b.voids.noteVoided(row, key);
      return outcome;
    }
    const waiting = b.voids.waiting(row);
    const isVoid = waiting.some((each) => each.event.area === event.area && each.event.id === event.of);
    if (isVoid || event.id === event.of || hasSeenId(b, row, event.area, event.of))
      return outcomes.voidTarget;
    const { sequence, time, subject, payload } = message;
    const bytes = b.voids.waitingBytes(row) + (waiting.at(-1)?.sequence === sequence ? 0 : payload.length);
    if (waiting.length >= limits.voidsWaitingPerAccountMax || bytes > limits.voidsWaitingPerAccountBytesMax) {
      return outcomes.voidsWaiting;
    }
    b.voids.wait(row, { event, sequence, index, time, subject, payload });
    return 'waits';
  }

  /** The message of a waiting void, as far as a refusal needs it. */
  private messageOf(row: number, { sequence, time, subject, payload }: WaitingVoid): LedgerMessage {
    return { sequence, time, subject, account: this.b.accounts.ids[row] ?? '', items: [], payload };
  }
}

/** What will be recorded of an effect, for a void in the same message. */
function recordOf(effect: Effect): RecordedEffect {
  const { accountId, bookings } = effect;
  return { ...effect, account: accountId, bookings: [...bookings], late: null, tick: NaN };
}
