/**
 * Brings an account's past to the book where a message voids something of it: the account's messages from LEDGER, and
 * the records of the effects concerned. The ledger waits meanwhile; ticks do not.
 */
import { limits } from '../config/limits.ts';
import type { LedgerMessage } from './domain/ledger-event.ts';
import type { Book } from './ledger/book.ts';
import type { EffectLog, LedgerSource } from './ports.ts';

export class VoidHistory {
  private readonly book: Book;
  private readonly ledger: Pick<LedgerSource, 'ofAccount'>;
  private readonly effects: Pick<EffectLog, 'find'>;
  private readonly settle: () => Promise<void>;

  /** `settle`: what was recorded until now is published, since only then it can be found. */
  constructor(
    book: Book,
    ledger: Pick<LedgerSource, 'ofAccount'>,
    effects: Pick<EffectLog, 'find'>,
    settle: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.book = book;
    this.ledger = ledger;
    this.effects = effects;
    this.settle = settle;
  }

  /** Whether messages of the batch must be applied one by one, each after `prepare`. */
  concerns(batch: readonly LedgerMessage[]): boolean {
    return this.book.voiding.concerns(batch);
  }

  /** Once everything before the message is applied: resolves when it can be. */
  async prepare(message: LedgerMessage): Promise<void> {
    const rebuild = this.book.voiding.rebuildFor(message);
    if (rebuild === null) return;
    await this.ledger.ofAccount(message.account, message.sequence - 1, (past) => {
      rebuild.take(past);
    });
    await this.settle();
    let left: number = limits.voidRecordsMax;
    for (const { sequence, index } of rebuild.wanted()) {
      if (left-- === 0) break;
      const recorded = await this.effects.find(sequence, index);
      if (recorded !== null) rebuild.learn(recorded);
    }
    this.book.voiding.provide(rebuild);
  }
}
