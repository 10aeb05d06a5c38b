/**
 * When an account's actor fails, an assertion of its being false, that account alone is stopped, and made anew while the
 * others go on. If it fails again it is suspended as it stood before the event at which it fails, with an alert; the
 * next start of the engine tries once more. At a start, an account of which events were never valued is stopped, too,
 * until the marks are back that these are valued at.
 */
import { AccountRebuild, type Failure } from './account-rebuild.ts';
import type { Alerting } from './alerting.ts';
import type { Checkpointer } from './checkpointer.ts';
import type { Effect } from './domain/effect.ts';
import type { Book } from './ledger/book.ts';
import { NotRecorded, type Outcomes } from './outcomes.ts';
import type { Ports } from './ports.ts';
import type { Ticker } from './ticker.ts';
import type { VoidHistory } from './void-history.ts';

const nothingDone = { sequence: 0, elementsDone: 0 };

export interface AccountSupervisorParts {
  readonly ports: Ports;
  readonly book: Book;
  readonly ticker: Ticker;
  readonly alerting: Alerting;
  readonly checkpointer: Checkpointer;
  readonly voids: Pick<VoidHistory, 'prepare'>;
  readonly outcomes: () => Outcomes;
  /** Runs the action while no message of the ledger is applied. */
  readonly alone: (action: () => Promise<void>) => Promise<void>;
  readonly fail: (error: unknown) => void;
}

/** Nobody is told once more. */
const silent = (): void => undefined;

export class AccountSupervisor {
  /** Rows of accounts that take no events. */
  readonly stopped = new Set<number>();
  private readonly parts: AccountSupervisorParts;
  /** What waits for the marks, at a start; null once they are back. */
  private postponed: Failure[] | null = [];
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
    const isFault = !(error instanceof NotRecorded);
    const said = { account, sequence, error: String(error) };
    if (isFault) ports.log.error(said, 'an account failed and is rebuilt');
    else ports.log.warn(said, 'an account waits for the marks');
    const isAtTick = Number.isNaN(sequence);
    // What comes for it while it is stopped is not dealt with.
    const done = isAtTick
      ? { sequence: (book.accounts.sequence[row] ?? 0) + 1, elementsDone: 0 }
      : { sequence, elementsDone: outcomes().elementsDone(sequence) };
    const standing = book.past.standing(row, isAtTick);
    const failure = { row, account, sequence, done, isUnjudged: !isFault, standing };
    if (this.postponed !== null) this.postponed.push(failure);
    else alone(() => this.rebuild(failure, silent)).catch(fail);
  }

  /** The last owner had suspended it, and wrote it down as it stood: what came for it since is tried when marks are back. */
  holdBack(account: string): void {
    const row = this.parts.book.accounts.find(account);
    if (row < 0) return;
    this.stopped.add(row);
    this.postponed?.push({ row, account, sequence: 0, done: nothingDone, isUnjudged: true, standing: null });
  }

  /** The marks are back. `retell` is told of late bookings of the past that nobody was told of. */
  async rebuildPostponed(retell: (effect: Effect) => void): Promise<void> {
    const postponed = this.postponed ?? [];
    this.postponed = null;
    for (const failure of postponed) await this.rebuild(failure, retell);
  }

  private async rebuild(failure: Failure, retell: (effect: Effect) => void): Promise<void> {
    const { ports, ticker, book, checkpointer } = this.parts;
    const { row, account } = failure;
    // What was recorded can be found only when it is published.
    await ticker.settle(ports.ticks === null);
    const again = new AccountRebuild(
      { ...this.parts, applied: () => ticker.applied, effectsFrom: () => checkpointer.effectsFrom },
      failure,
      retell,
    );
    await again.read();
    let end = Number.isNaN(failure.sequence) ? Infinity : failure.sequence;
    if (!this.hasFailed.has(row)) {
      if (!failure.isUnjudged) this.hasFailed.add(row);
      const failed = await again.apply();
      if (failed === null) {
        await this.goOn(failure);
        return;
      }
      ports.log.error({ account, error: String(failed.error) }, 'the account failed again');
      end = failed.at;
    }
    // It may fail sooner than before: at the latest without any message it stands.
    for (;;) {
      // What was valued anew until then is recorded now.
      await ticker.settle(ports.ticks === null);
      await again.read();
      const failed = await again.apply(end);
      if (failed === null) break;
      if (failed.at >= end) throw failed.error;
      end = failed.at;
    }
    checkpointer.notePages(row, book.idPageCount(row));
    checkpointer.hold(row);
    book.suspend(row);
    this.parts.alerting.suspended(account, Number.isFinite(end) ? end : NaN, ports.clock.now());
  }

  /** It takes events again; nobody is told of it before what was valued anew is in the effect log. */
  private async goOn({ row, account }: Failure): Promise<void> {
    const { ports, book, ticker, checkpointer } = this.parts;
    await ticker.settle(ports.ticks === null);
    this.stopped.delete(row);
    book.touch(row);
    checkpointer.notePages(row, book.idPageCount(row));
    checkpointer.note(row);
    ports.log.warn({ account }, 'the account is rebuilt');
  }
}
