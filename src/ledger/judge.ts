/** Whom the book tells what it decided: effects, duplicates, refusals. What becomes of them is the judge's to say. */
import type { Effect } from '../domain/effect.ts';
import type { LedgerMessage } from '../domain/ledger-event.ts';
import type { Rejected } from '../domain/rejection.ts';

/** Told what became of each element of a message. The effect is reused: copy what is kept. */
export interface Judge {
  applied(effect: Effect): void;
  /** At a tick: what waited for a rate was booked in base. */
  bookedLate(effect: Effect): void;
  duplicate(message: LedgerMessage, index: number): void;
  /** A rebase of a correction that is not the account's last one: nothing is done. */
  stale(message: LedgerMessage, index: number): void;
  /** `decidedAt`: LEDGER sequence of the message at which it was decided, where that is a later one (a void that waited). */
  rejected(message: LedgerMessage, index: number, rejection: Rejected, decidedAt?: number): void;
  /** A void waits for its target: the account's state is another, its figures are not. */
  voidWaits(row: number, message: LedgerMessage, index: number): void;
  /** It waits no more: what became of it was told before this. `message` is the one that it came in. */
  voidWaited(row: number, message: LedgerMessage, index: number): void;
}
