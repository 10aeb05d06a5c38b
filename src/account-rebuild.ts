/**
 * Makes one account anew while the others go on: its state from the changelog, then its own messages of LEDGER as they
 * were valued, with what ticks made of it since. Says where it fails. Knows nothing of what becomes of it then.
 */
import { AccountPast } from './account-past.ts';
import type { Effect } from './domain/effect.ts';
import type { LedgerMessage } from './domain/ledger-event.ts';
import type { Book } from './ledger/book.ts';
import type { Standing } from './ledger/standing.ts';
import type { Outcomes } from './outcomes.ts';
import type { Ports } from './ports.ts';
import type { VoidHistory } from './void-history.ts';

export interface RebuildParts {
  readonly ports: Pick<Ports, 'ledger' | 'effects' | 'changelog'>;
  readonly book: Book;
  readonly voids: Pick<VoidHistory, 'prepare'>;
  readonly outcomes: () => Outcomes;
  /** LEDGER sequence applied last. */
  readonly applied: () => number;
  /** Position in the effect log behind everything that is in the account's state. */
  readonly effectsFrom: () => number;
}

/** Messages below a LEDGER sequence were dealt with and told of, and so many elements of the one that has it. */
export interface Done {
  readonly sequence: number;
  readonly elementsDone: number;
}

/** How an account stood when it took no more events. */
export interface Failure {
  readonly row: number;
  readonly account: string;
  /** LEDGER sequence at which it failed, NaN at a tick. */
  readonly sequence: number;
  readonly done: Done;
  /** It did not fail: what came from there on was never judged by anybody. */
  readonly isUnjudged: boolean;
  readonly standing: Standing | null;
}

export class AccountRebuild {
  private readonly parts: RebuildParts;
  private readonly failure: Failure;
  private readonly retell: (effect: Effect) => void;
  private done: Done;
  private tail: readonly LedgerMessage[] = [];
  private past = new AccountPast('', []);

  /** `retell` is told of late bookings that nobody was told of. */
  constructor(parts: RebuildParts, failure: Failure, retell: (effect: Effect) => void) {
    this.parts = parts;
    this.failure = failure;
    this.done = failure.done;
    this.retell = (effect) => {
      if (!this.wasDone(effect.sequence, Infinity)) retell(effect);
    };
  }

  /** What it is made of, as of now: when all that was recorded of it is in the effect log. */
  async read(): Promise<void> {
    const { ports, book, applied, effectsFrom } = this.parts;
    const { row, account } = this.failure;
    await this.restore();
    const tail: LedgerMessage[] = [];
    await ports.ledger.ofAccount(account, applied(), (message) => {
      if (message.sequence > (book.accounts.sequence[row] ?? 0)) tail.push(message);
    });
    this.tail = tail;
    const past = new AccountPast(
      account,
      tail.map(({ sequence }) => sequence),
    );
    await ports.effects.read(effectsFrom(), (effect) => {
      past.add(effect);
    });
    this.past = past;
  }

  /** Applies its messages below a LEDGER sequence. Says at which it fails, and how; null where it does not. */
  async apply(end = Infinity): Promise<{ readonly at: number; readonly error: unknown } | null> {
    const { book } = this.parts;
    const { row, standing } = this.failure;
    await this.restore();
    let at = 0;
    let stands = standing === null;
    const stand = (): void => {
      if (!stands && standing !== null) book.past.stand(row, standing);
      stands = true;
    };
    try {
      this.recalling(() => {
        book.past.late(this.past.lateOfAll());
      });
      for (const message of this.tail) {
        at = message.sequence;
        if (at >= end) break;
        if (standing !== null && at > standing.sequence) stand();
        await this.applyOne(message);
      }
      stand();
      return null;
    } catch (error) {
      const { sequence } = this.done;
      const elementsDone = this.parts.outcomes().elementsDone(at);
      if (at > sequence || (at === sequence && elementsDone > this.done.elementsDone))
        this.done = { sequence: at, elementsDone };
      return { at, error };
    } finally {
      book.past.forget(row);
    }
  }

  private async applyOne(message: LedgerMessage): Promise<void> {
    const { book, outcomes, voids } = this.parts;
    const { row, isUnjudged } = this.failure;
    await voids.prepare(message);
    outcomes().again({ wasDone: (sequence, index) => this.wasDone(sequence, index), isUnjudged }, () => {
      this.recalling(() => book.apply(row, message, outcomes()));
    });
  }

  private recalling(action: () => void): void {
    this.parts.book.past.during(this.past, this.retell, action);
  }

  /** As the changelog has it; an account that it does not have yet begins as a new one. */
  private async restore(): Promise<void> {
    const { ports, book } = this.parts;
    book.reset(this.failure.row);
    await ports.changelog.read(this.failure.account, {
      account: (_, state) => {
        book.restore(state);
      },
      ids: (id, slot, page) => {
        book.restoreIds(id, slot, page);
      },
    });
    book.endRestore();
  }

  private wasDone(sequence: number, index: number): boolean {
    const { sequence: doneTo, elementsDone } = this.done;
    return sequence < doneTo || (sequence === doneTo && index < elementsDone);
  }
}
