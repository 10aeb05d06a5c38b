/**
 * Snapshots: the whole state of one account as bytes, and back. Restored, an account goes on as if it had never stopped.
 * What is summed from marks and rates is not in them: totals are taken anew, at the marks of the day. Knows nothing of
 * where the bytes are kept.
 *
 * The form: the format's number, the account's id and base currency, then sections, each with its tag and its length;
 * one without content is left out. A section more is a line in `sections`: states without it stand as they were, and
 * an engine that does not know it refuses the state instead of losing it.
 */
import { isSafe } from '../domain/rounding.ts';
import type { BookParts } from './book-parts.ts';
import type { Curve } from './curve.ts';
import { IdRestore, idPageBytes } from './id-restore.ts';
import { readAccount, writeAccount } from './snapshot-account.ts';
import { readPockets, readWaiting, writePockets, writeWaiting } from './snapshot-cash.ts';
import { readHoldings, writeHoldings } from './snapshot-holdings.ts';
import { readIds, writeIds } from './snapshot-ids.ts';
import { readRebase, writeRebase } from './snapshot-rebase.ts';
import { readRows, writeRows } from './snapshot-rows.ts';
import { readVoids, writeVoids } from './snapshot-voids.ts';
import { StateReader } from './state-reader.ts';
import { StateWriter } from './state-writer.ts';

export const snapshotFormat = 1;

/** A full page of ids as it is kept. */
export interface IdPageBytes {
  /** Counts the account's pages, for ever. */
  readonly number: number;
  readonly slot: number;
  readonly page: Uint8Array;
}

interface Section {
  /** Never given to another section. */
  readonly tag: number;
  readonly write: (account: number, w: StateWriter) => void;
  readonly read: (account: number, r: StateReader) => void;
}

export class Snapshots {
  private readonly b: BookParts;
  private readonly curve: Curve;
  private readonly ids: IdRestore;
  private readonly sections: readonly Section[];
  private readonly writer = new StateWriter();
  private readonly reader = new StateReader();

  constructor(b: BookParts, curve: Curve) {
    this.b = b;
    this.curve = curve;
    this.ids = new IdRestore(b.seen);
    /** In this order in the state: what waits refers to holdings. */
    this.sections = [
      { tag: 1, write: (account, w) => writeAccount(b, account, w), read: (account, r) => readAccount(b, account, r) },
      { tag: 2, write: (account, w) => writePockets(b, account, w), read: (account, r) => readPockets(b, account, r) },
      { tag: 3, write: (account, w) => writeHoldings(b, account, w), read: (account, r) => readHoldings(b, account, r) },
      { tag: 4, write: (account, w) => writeWaiting(b, account, w), read: (account, r) => readWaiting(b, account, r) },
      { tag: 5, write: (account, w) => writeIds(b.seen, account, w), read: (account, r) => this.expectIds(account, r) },
      { tag: 6, write: (account, w) => this.writeTold(account, w), read: (account, r) => this.readTold(account, r) },
      { tag: 7, write: (account, w) => writeVoids(b.voids, account, w), read: (account, r) => readVoids(b.voids, account, r) },
      { tag: 8, write: (account, w) => writeRebase(b, account, w), read: (account, r) => readRebase(b, account, r) },
      { tag: 9, write: (account, w) => writeRows(this.curve.unwritten(account), w), read: (account, r) => b.recall.noteUnwritten(account, readRows(b.accounts, account, r)) },
    ]; // prettier-ignore
  }

  take(account: number): Uint8Array {
    const { accounts } = this.b;
    const w = this.writer;
    w.start();
    w.byte(snapshotFormat);
    w.text(accounts.ids[account] ?? '');
    w.text(accounts.baseCurrency[account] ?? '');
    for (const section of this.sections) {
      w.beginSection(section.tag);
      section.write(account, w);
      w.endSection();
    }
    return w.finish();
  }

  idPages(account: number, from: number): IdPageBytes[] {
    const { seen } = this.b;
    return seen
      .named(account)
      .filter(({ number }) => number >= from)
      .map((page) => ({ number: page.number, slot: page.slot, page: idPageBytes(seen, page) }));
  }

  restore(state: Uint8Array): number {
    const r = this.reader;
    r.start(state);
    refuseOther(r.byte());
    const id = r.text();
    const base = r.name();
    const account = this.emptied(id, base);
    while (!r.isAtEnd) {
      const tag = r.beginSection();
      const section = this.sections.find((known) => known.tag === tag);
      if (section === undefined) {
        throw new Error(
          `the state of account ${id} has a section ${tag} that this version of tidemark does not know: ${wayOut}`,
        );
      }
      section.read(account, r);
      r.endSection();
    }
    this.total(account);
    return account;
  }

  restoreIds(account: string, slot: number, page: Uint8Array): void {
    this.ids.page(account, slot, page);
  }

  end(): void {
    this.ids.end();
  }

  /** The row of the account, with nothing in it: a new one, or its own. */
  private emptied(id: string, base: string): number {
    const { accounts, holdings, pockets, waiting, seen } = this.b;
    const found = accounts.find(id);
    if (found < 0) return accounts.open(id, base);
    accounts.baseCurrency[found] = base;
    accounts.firstHolding[found] = accounts.firstPocket[found] = -1;
    accounts.spotCost[found] = 0;
    holdings.clear(found);
    pockets.clear(found);
    waiting.clear(found);
    this.b.voids.clear(found);
    this.b.rebasing.clear(found);
    accounts.rebase[found] = 0;
    seen.clear(found);
    this.ids.begin(id);
    return found;
  }

  /** The totals at the marks and rates of now. */
  private total(account: number): void {
    const { accounts: a, marking } = this.b;
    const beyond = `account ${a.ids[account] ?? ''}: at the marks of now a figure leaves the safe integers`;
    try {
      marking.recompute(account);
    } catch (error) {
      // No integer has the value of what does not fit.
      throw new Error(beyond, { cause: error });
    }
    for (const column of [a.cashBalance, a.localValue, a.spotCost, a.foreignValue, a.foreignUnrealized]) {
      if (!isSafe(column[account] ?? NaN)) throw new Error(beyond);
    }
  }

  private expectIds(account: number, r: StateReader): void {
    const { accounts, seen } = this.b;
    this.ids.expect(accounts.ids[account] ?? '', account, readIds(seen, account, r));
  }

  /** What the world was told last, and whether something was not told yet: the next tick tells it. */
  private writeTold(account: number, w: StateWriter): void {
    w.number(this.curve.tick[account] ?? 0);
    w.number(this.curve.time[account] ?? 0);
    w.count(this.curve.notedEpoch(account));
    w.byte(this.b.accounts.dirty[account] ?? 0);
    w.number(this.b.accounts.lastTick);
  }

  private readTold(account: number, r: StateReader): void {
    this.curve.resume(account, r.number(), r.number(), r.count());
    const untold = r.byte();
    const asOf = r.number();
    const { accounts, recall } = this.b;
    accounts.lastTick = Math.max(accounts.lastTick, asOf);
    recall.noteRestored(account, asOf);
    if (untold !== 2) recall.noteTold(account, accounts.sequence[account] ?? 0);
    // On the list of the next tick already: it stays there, once, and emits only what is another figure then.
    const { dirty } = accounts;
    if (dirty[account] !== 0) dirty[account] = 1;
    if (untold === 1 || untold === 2) this.b.marking.touch(account, untold);
  }
}

const wayOut =
  'start the version that wrote it, or delete the changelog, and everything is read from LEDGER again';

function refuseOther(format: number): void {
  if (format === snapshotFormat) return;
  throw new Error(
    `the changelog holds states in format ${format}, this version of tidemark has format ${snapshotFormat}: ${wayOut}`,
  );
}
