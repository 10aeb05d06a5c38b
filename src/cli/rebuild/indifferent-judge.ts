/** A judge that keeps nothing of what it is told: who wants to know something overrides that. */
import type { Effect } from '../../domain/effect.ts';
import type { LedgerMessage } from '../../domain/ledger-event.ts';
import type { Rejected } from '../../domain/rejection.ts';
import type { Judge } from '../../ledger/judge.ts';

export class IndifferentJudge implements Judge {
  applied(_effect: Effect): void {}
  bookedLate(_effect: Effect): void {}
  duplicate(_message: LedgerMessage, _index: number): void {}
  stale(_message: LedgerMessage, _index: number): void {}
  rejected(_message: LedgerMessage, _index: number, _rejection: Rejected): void {}
  voidWaits(_row: number, _message: LedgerMessage, _index: number): void {}
  voidWaited(_row: number, _message: LedgerMessage, _index: number): void {}
}
