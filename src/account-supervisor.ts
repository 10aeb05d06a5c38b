/**
 * When an account's actor fails, an assertion of its being false, that account alone is stopped, and rebuilt from the
 * changelog and its own ledger while the others go on. If it fails again it is suspended as it stood before the event
 * at which it fails, with an alert; the next start of the engine tries once more.
 */
import type { Alerting } from './alerting.ts';
import type { LedgerMessage } from './domain/ledger-event.ts';
import type { RecordedEffect } from './domain/recorded.ts';
import type { Book } from './ledger/book.ts';
import type { RecallSource } from './ledger/recall.ts';
import type { Outcomes } from './outcomes.ts';
import type { Ports } from './ports.ts';
import type { Ticker } from './ticker.ts';
import type { VoidHistory } from './void-history.ts';

export interface AccountSupervisorParts {
  readonly ports: Ports;
  readonly book: Book;
  readonly ticker: Ticker;
  readonly alerting: Alerting;
  readonly voids: Pick<VoidHistory, 'prepare'>;
  readonly outcomes: () => Outcomes;
  /** Runs the action while no message of the ledger is applied. */
  readonly alone: (action: () => Promise<void>) => Promise<void>;
  /** The row takes events again. */
  readonly rebuilt: (row: number) => void;
  readonly fail: (error: unknown) => void;
}

interface Failure {
  readonly row: number;
  readonly account: string;
  /** LEDGER sequence at which it failed, NaN at a tick; elements of that message that were dealt with. */
  readonly sequence: number;
  readonly elementsDone: number;
}

export class AccountSupervisor {
  /** Rows of accounts that take no events. */
  readonly stopped = new Set<number>();
  private readonly parts: AccountSupervisorParts;
  private readonly hasFailed = new Set<number>();

  constructor(parts: AccountSupervisorParts) {
    this.parts = parts;
  }

  /** `sequence` of the message at which the row's actor failed, NaN at a tick. */
  failed(row: number, error: unknown, sequence: number): void {
    const { ports, book, alone, fail, outcomes } = this.parts;
    if (this.stopped.has(row)) return;
    this.stopped.add(row);
    const account = book.accounts.ids[row] ?? '';
    ports.log.error({ account, sequence, error: String(error) }, 'an account failed and is rebuilt');
    const failure = { row, account, sequence, elementsDone: outcomes().elementsDone(sequence) };
    alone(() => this.rebuild(failure)).catch(fail);
  }

  private async rebuild(failure: Failure): Promise<void> {
    const { ports, ticker, book } = this.parts;
    const { row, account } = failure;
    // What was recorded can be found only when it is published.
    await ticker.settle(ports.ticks === null);
    await this.restore(failure);
    const tail: LedgerMessage[] = [];
    await ports.ledger.ofAccount(account, ticker.applied, (message) => {
      if (message.sequence > (book.accounts.sequence[row] ?? 0)) tail.push(message);
    });
    const recorded = await this.recordedOf(tail);
    if (!this.hasFailed.has(row)) {
      this.hasFailed.add(row);
      try {
        await this.apply(tail, failure, recorded);
        this.stopped.delete(row);
        book.touch(row);
        this.parts.rebuilt(row);
        ports.log.warn({ account }, 'the account is rebuilt');
        return;
      } catch (error) {
        ports.log.error({ account, error: String(error) }, 'the account failed again');
      }
    }
    await this.restore(failure);
    await this.apply(
      tail.filter(({ sequence }) => !(sequence >= failure.sequence)),
      failure,
      recorded,
    );
    book.suspend(row);
    this.parts.alerting.suspended(account, failure.sequence, ports.clock.now());
  }

  /** As the changelog has it; an account that it does not have yet begins as a new one. */
  private async restore({ row, account }: Failure): Promise<void> {
    const { ports, book } = this.parts;
    book.reset(row);
    await ports.changelog.read(account, {
      account: (_, state) => {
        book.restore(state);
      },
      ids: (id, slot, page) => {
        book.restoreIds(id, slot, page);
      },
    });
    book.endRestore();
  }

  /** Effects of its events that are recorded, which are not valued anew: of all before it failed; in a recovery of more. */
  private async recordedOf(tail: readonly LedgerMessage[]): Promise<ReadonlyMap<string, RecordedEffect>> {
    const found = new Map<string, RecordedEffect>();
    for (const { sequence, items } of tail) {
      for (let index = 0; index < items.length; index++) {
        const effect = await this.parts.ports.effects.find(sequence, index);
        if (effect !== null) found.set(`${String(sequence)}:${String(index)}`, effect);
      }
    }
    return found;
  }

  private async apply(
    tail: readonly LedgerMessage[],
    failure: Failure,
    recorded: ReadonlyMap<string, RecordedEffect>,
  ): Promise<void> {
    const { book, outcomes, voids } = this.parts;
    const source: RecallSource = {
      effect: (sequence, index) => recorded.get(`${String(sequence)}:${String(index)}`) ?? null,
      late: () => [],
    };
    for (const message of tail) {
      await voids.prepare(message);
      outcomes().again(
        (sequence, index) => wasDone(failure, sequence, index),
        () => {
          book.past.during(source, () => book.apply(failure.row, message, outcomes()));
        },
      );
    }
  }
}

function wasDone({ sequence: failedAt, elementsDone }: Failure, sequence: number, index: number): boolean {
  return Number.isNaN(failedAt) || sequence < failedAt || (sequence === failedAt && index < elementsDone);
}
