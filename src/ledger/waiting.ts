/**
 * What was booked in a currency that had no rate into the account's base: it waits, in order, and is booked in base at
 * the first tick at which the rate exists.
 */
import type { BookField } from '../domain/effect.ts';

export interface WaitingEntry {
  readonly field: BookField;
  readonly pair: number;
  /** Minor units of the pair's first currency. */
  readonly amount: number;
  /** The holding whose figures in base it belongs to, or -1. */
  readonly holding: number;
  /** Milliseconds: when a flow takes effect; NaN where the tick will tell. */
  readonly time: number;
}

const noEntries: readonly WaitingEntry[] = [];

export class Waiting {
  private readonly entries = new Map<number, WaitingEntry[]>();

  add(account: number, entry: WaitingEntry): void {
    const list = this.entries.get(account);
    if (list) list.push(entry);
    else this.entries.set(account, [entry]);
  }

  /** These, and no others, wait from now on. */
  replace(account: number, entries: WaitingEntry[]): void {
    if (entries.length === 0) this.entries.delete(account);
    else this.entries.set(account, entries);
  }

  has(account: number): boolean {
    return this.entries.has(account);
  }

  /** The account's entries, in order. */
  of(account: number): readonly WaitingEntry[] {
    return this.entries.get(account) ?? noEntries;
  }

  clear(account: number): void {
    this.entries.delete(account);
  }

  /** Takes out the account's entries that can be booked now, in order. */
  take(account: number, canBook: (pair: number) => boolean): WaitingEntry[] {
    const list = this.entries.get(account);
    if (!list) return [];
    const ready = list.filter((e) => canBook(e.pair));
    if (ready.length === list.length) this.entries.delete(account);
    else if (ready.length > 0) this.entries.set(account, list.filter((e) => !canBook(e.pair))); // prettier-ignore
    return ready;
  }

  /** Takes out the first entry that fits; null where none does. */
  takeOne(account: number, fits: (entry: WaitingEntry) => boolean): WaitingEntry | null {
    const list = this.entries.get(account) ?? [];
    const at = list.findIndex(fits);
    if (at < 0) return null;
    const [entry] = list.splice(at, 1);
    if (list.length === 0) this.entries.delete(account);
    return entry ?? null;
  }
}
