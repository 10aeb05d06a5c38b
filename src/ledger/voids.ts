/**
 * What voids leave in an account's state: the ids they voided, and the voids whose target has not come yet. Those wait
 * for `voids.wait_ms` between timestamps of LEDGER, so that a replay decides the same. Applies nothing.
 */
import type { EventArea, LedgerMessage, VoidEvent } from '../domain/ledger-event.ts';

/** With all that its dead letter needs, should its target not come in time. */
export interface WaitingVoid {
  readonly event: VoidEvent;
  /** Of the message it came in. */
  readonly sequence: number;
  readonly index: number;
  /** LEDGER's timestamp, milliseconds. */
  readonly time: number;
  readonly subject: string;
  readonly payload: Uint8Array;
}

/** The name of an event within its account. */
export function eventKey(area: EventArea, id: string): string {
  return `${area} ${id}`;
}

export class Voids {
  private readonly waitMs: number;
  /** By account row; only accounts that have some. */
  private readonly voidedIds = new Map<number, Set<string>>();
  private readonly waitingVoids = new Map<number, WaitingVoid[]>();
  /** When the first void that waits has waited for too long. */
  private firstDeadline = Infinity;

  constructor(waitMs: number) {
    this.waitMs = waitMs;
  }

  get hasWaiting(): boolean {
    return this.waitingVoids.size > 0;
  }

  /** Keys of the account's events that were voided, in the order in which they were. */
  voided(row: number): readonly string[] {
    return [...(this.voidedIds.get(row) ?? [])];
  }

  isVoided(row: number, key: string): boolean {
    return this.voidedIds.get(row)?.has(key) === true;
  }

  noteVoided(row: number, key: string): void {
    const keys = this.voidedIds.get(row);
    if (keys) keys.add(key);
    else this.voidedIds.set(row, new Set([key]));
  }

  /** Voids of the account that wait, in order. */
  waiting(row: number): readonly WaitingVoid[] {
    return this.waitingVoids.get(row) ?? [];
  }

  /** Of the messages of voids that wait, each counted once. */
  waitingBytes(row: number): number {
    let bytes = 0;
    let sequence = NaN;
    for (const each of this.waiting(row)) {
      if (each.sequence !== sequence) bytes += each.payload.length;
      sequence = each.sequence;
    }
    return bytes;
  }

  wait(row: number, waiting: WaitingVoid): void {
    const list = this.waitingVoids.get(row);
    if (list) list.push(waiting);
    else this.waitingVoids.set(row, [waiting]);
    this.firstDeadline = Math.min(this.firstDeadline, waiting.time + this.waitMs);
  }

  /** Takes out the account's voids that wait for this event. */
  takeWaitingFor(row: number, key: string): WaitingVoid[] {
    if (!this.waitingVoids.has(row)) return [];
    return this.take(row, ({ event }) => eventKey(event.area, event.of) === key);
  }

  /** Whether a void may have waited for too long at that time; false says that none has. */
  isOverdue(time: number): boolean {
    return time > this.firstDeadline;
  }

  /** Takes out the voids of all accounts that have waited for too long when a message comes, in LEDGER's order. */
  takeExpired(message: LedgerMessage): { row: number; waiting: WaitingVoid }[] {
    const isOver = (w: WaitingVoid): boolean =>
      message.sequence > w.sequence && message.time > w.time + this.waitMs;
    const expired = [...this.waitingVoids.keys()].flatMap((row) =>
      this.take(row, isOver).map((waiting) => ({ row, waiting })),
    );
    return expired.sort(({ waiting: a }, { waiting: b }) => a.sequence - b.sequence || a.index - b.index);
  }

  clear(row: number): void {
    this.voidedIds.delete(row);
    if (this.waitingVoids.delete(row)) this.findDeadline();
  }

  private take(row: number, isTaken: (waiting: WaitingVoid) => boolean): WaitingVoid[] {
    const list = this.waitingVoids.get(row) ?? [];
    const taken = list.filter(isTaken);
    if (taken.length === 0) return taken;
    if (taken.length === list.length) this.waitingVoids.delete(row);
    else this.waitingVoids.set(row, list.filter((each) => !taken.includes(each))); // prettier-ignore
    this.findDeadline();
    return taken;
  }

  private findDeadline(): void {
    this.firstDeadline = Infinity;
    for (const list of this.waitingVoids.values()) {
      for (const { time } of list) this.firstDeadline = Math.min(this.firstDeadline, time + this.waitMs);
    }
  }
}
