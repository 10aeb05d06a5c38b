/**
 * Writes states of accounts into the changelog, in bounded slices with time for others between them, none before all that
 * led to it is durable. Owns what a state is written with; which accounts are due, and what follows, is the checkpointer's.
 */
import { limits } from '../config/limits.ts';
import type { CheckpointPace } from './checkpoint-pace.ts';
import type { Conditions } from './conditions.ts';
import type { DirtyRows } from './dirty-rows.ts';
import type { Book } from './ledger/book.ts';
import type { IdPageBytes } from './ledger/snapshot.ts';
import type { MarkKeeper } from './mark-keeper.ts';
import type { Ports } from './ports.ts';
import type { Ticker } from './ticker.ts';

export interface AccountStatesParts {
  readonly ports: Ports;
  readonly book: Book;
  readonly ticker: Ticker;
  /** Rows of accounts that failed and take no events: they are not written, and no checkpoint vouches for more. */
  readonly stopped: () => ReadonlySet<number>;
  /** While no ticks see to it: what was applied until now becomes durable. */
  readonly settle: () => Promise<void>;
  /** A price that only a settlement said waits for a tick: who has that settlement in a state never hears of it again. */
  readonly hasStandIns: () => boolean;
}

interface Around {
  readonly dirty: DirtyRows;
  readonly pace: CheckpointPace;
  readonly marks: MarkKeeper;
  readonly conditions: Conditions;
}

/** As it was when it was taken. */
export interface AccountState {
  readonly row: number;
  readonly account: string;
  readonly state: Uint8Array;
  /** Pages of ids that the state names and the changelog does not have. */
  readonly pages: readonly IdPageBytes[];
}

export class AccountStates {
  private readonly parts: AccountStatesParts;
  private readonly around: Around;
  /** By account row: how many of its pages of ids are in the changelog. */
  private readonly pagesSaved: number[] = [];

  constructor(parts: AccountStatesParts, around: Around) {
    this.parts = parts;
    this.around = around;
  }

  /** Of a restored account: the changelog has these pages. */
  notePages(row: number, count: number): void {
    this.pagesSaved[row] = count;
  }

  /** As it is now; what changes from now on is for another one. */
  take(row: number): AccountState {
    const { book } = this.parts;
    this.around.dirty.clean(row);
    return {
      row,
      account: book.accounts.ids[row] ?? '',
      state: book.snapshot(row),
      pages: book.idPages(row, this.pagesSaved[row] ?? 0),
    };
  }

  /** Says whether all are written that took events when it began. */
  async save(all: readonly number[], isGivenUp: () => boolean): Promise<boolean> {
    const { pace, marks } = this.around;
    const rows = all.filter((row) => !this.isLeftOut(row));
    let next = 0;
    let isWhole = true;
    while (next < rows.length) {
      const slices: (readonly AccountState[])[] = [];
      let bytes = 0;
      while (next < rows.length && bytes < limits.checkpointBatchBytesMax) {
        if (next > 0) await pace.rest();
        const slice: AccountState[] = [];
        for (let items = 0; next < rows.length && items < limits.checkpointSliceItems;) {
          const row = rows[next++] ?? 0;
          if (this.isLeftOut(row)) {
            isWhole = false;
            continue;
          }
          const state = this.take(row);
          bytes += state.state.length;
          items += 1 + state.pages.length;
          slice.push(state);
        }
        slices.push(slice);
      }
      await this.durable();
      await marks.saveStandIns(() => pace.rest());
      if (!(await this.writeAll(slices, isGivenUp))) return false;
    }
    return isWhole;
  }

  /** Resolves when everything is acknowledged, or was given up and what had begun is. */
  private async writeAll(
    slices: readonly (readonly AccountState[])[],
    isGivenUp: () => boolean,
  ): Promise<boolean> {
    const writes: Promise<unknown>[] = [];
    try {
      for (const slice of slices) {
        if (writes.length > 0) await this.around.pace.rest();
        if (isGivenUp()) return false;
        const written = Promise.all(slice.map((state) => this.write(state)));
        // Told below, where it is waited for.
        written.catch(() => undefined);
        writes.push(written);
      }
      await Promise.all(writes);
      return true;
    } finally {
      await Promise.allSettled(writes);
    }
  }

  /** An account that failed may be half an event: it is noted again when it is rebuilt. */
  private isLeftOut(row: number): boolean {
    if (!this.parts.stopped().has(row)) return false;
    this.around.dirty.clean(row);
    return true;
  }

  /** Resolves when everything that has been applied until now is in the effect log and in acknowledged frames, or at the end. */
  async durable(): Promise<void> {
    const { ports, ticker, hasStandIns } = this.parts;
    const { tick, applied } = ticker;
    const { effectsWritten, curveWritten } = ports.frames;
    // A state that has seen a refused message keeps it from being read, and refused, again.
    await ports.deadLetters.settled();
    // Rows of the curve too: a state says that the world was told, and if its row were lost none would come.
    const areFramed = (): boolean =>
      ports.frames.effectsDurable >= effectsWritten && ports.frames.curveDurable >= curveWritten;
    await this.parts.settle();
    const isLogged = (): boolean => ticker.durableThrough >= applied && ticker.durableTick >= tick;
    await this.around.conditions.until(() => isLogged() && areFramed() && !hasStandIns());
  }

  /** Pages before the state that names them. */
  async write({ row, account, state, pages }: AccountState): Promise<void> {
    const { book, ports } = this.parts;
    for (const { number, slot, page } of pages) {
      await ports.changelog.saveIds(account, slot, page);
      this.pagesSaved[row] = number + 1;
    }
    await ports.changelog.saveAccount(account, state);
    book.snapshotKept(row);
  }
}
