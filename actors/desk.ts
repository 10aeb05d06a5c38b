/** What the actors of one partition share: the book over which each has its row, and where what they decide goes. */
import type { EquityUpdate } from '../src/domain/equity-update.ts';
import type { Book } from '../src/ledger/book.ts';
import type { Judge } from '../src/ledger/judge.ts';

export interface Desk {
  readonly book: Book;
  /** Told what became of each ledger event. */
  readonly judge: Judge;
  /** One call an account and tick in which a figure changed. The update is reused. */
  emit(update: EquityUpdate, row: number): void;
  /** Rows of accounts that failed and take no events now. */
  readonly stopped: ReadonlySet<number>;
  /** An assertion about the row's account is false, at a message of the ledger or (NaN) at a tick. */
  failed(row: number, error: unknown, sequence: number): void;
}
