/**
 * Pages of ids on their way back: pages and the states that name them come in any order. A page that no state names,
 * or that was written after the state it is found beside, is nobody's.
 */
import { idBytes, pageIds } from './id-pool.ts';
import type { IdPage, SeenIds } from './seen-ids.ts';

/** A page as it is kept: its number in four bytes, its ids. */
const numberBytes = 4;
const pageBytes = numberBytes + pageIds * idBytes;
const missingShown = 5;

interface EarlyPage {
  readonly number: number;
  readonly start: number;
}

interface Expected {
  readonly row: number;
  readonly pages: Map<number, IdPage>;
}

/** The page as bytes of its own, to be kept. */
export function idPageBytes(seen: SeenIds, page: IdPage): Uint8Array {
  const bytes = new Uint8Array(pageBytes);
  new DataView(bytes.buffer).setUint32(0, page.number, true);
  bytes.set(seen.bytesOf(page), numberBytes);
  return bytes;
}

export class IdRestore {
  /** By account and slot: pages whose account has not come. */
  private readonly early = new Map<string, Map<number, EarlyPage>>();
  /** By account and slot: pages that are named and have not come. */
  private readonly expected = new Map<string, Expected>();
  private readonly seen: SeenIds;

  constructor(seen: SeenIds) {
    this.seen = seen;
  }

  /** The account is restored anew: what a former state named is no longer expected. */
  begin(account: string): void {
    this.expected.delete(account);
  }

  /** The account's state names these pages. */
  expect(account: string, row: number, pages: readonly IdPage[]): void {
    const missing = new Map<number, IdPage>();
    const early = this.early.get(account);
    for (const page of pages) {
      const found = early?.get(page.slot);
      if (found?.number === page.number) {
        this.seen.adopt(row, page, found.start);
        early?.delete(page.slot);
      } else missing.set(page.slot, page);
    }
    if (missing.size > 0) this.expected.set(account, { row, pages: missing });
    else this.dropEarly(account);
  }

  page(account: string, slot: number, bytes: Uint8Array): void {
    // What is no page leaves its place empty, and is missed there.
    if (bytes.length !== pageBytes) return;
    const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const start = this.seen.load(bytes.subarray(numberBytes));
    const expected = this.expected.get(account);
    const page = expected?.pages.get(slot);
    if (expected !== undefined && page?.number === number) {
      this.seen.adopt(expected.row, page, start);
      expected.pages.delete(slot);
      if (expected.pages.size === 0) this.expected.delete(account);
      return;
    }
    let early = this.early.get(account);
    if (early === undefined) this.early.set(account, (early = new Map<number, EarlyPage>()));
    const former = early.get(slot);
    if (former !== undefined) this.seen.drop(former.start);
    early.set(slot, { number, start });
  }

  /** Nothing more comes. Throws where a page is missing that a state names. */
  end(): void {
    for (const account of this.early.keys()) this.dropEarly(account);
    const missing = [...this.expected].flatMap(([account, { pages }]) =>
      [...pages.values()].map(({ number, slot }) => `page ${number} (slot ${slot}) of account ${account}`),
    );
    this.expected.clear();
    if (missing.length === 0) return;
    const more = missing.length > missingShown ? `, and ${missing.length - missingShown} more` : '';
    throw new Error(
      `the ids that accounts have seen are not all there: ${missing.slice(0, missingShown).join(', ')}${more}`,
    );
  }

  private dropEarly(account: string): void {
    for (const { start } of this.early.get(account)?.values() ?? []) this.seen.drop(start);
    this.early.delete(account);
  }
}
