/**
 * The ids each account has seen, so that the same event sent again counts once: 64-bit hashes of id and of content, in
 * pages of 128, the newest page growing, full ones sorted and never changed again. At least the last `idsKept` ids of
 * an account are known; older pages are forgotten whole. Where full pages are kept outside is decided here, in `named`.
 */
import { Fingerprints } from './fingerprints.ts';
import { grown, nextCapacity } from './grow.ts';
import { IdPool, idWords, pageIds } from './id-pool.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

const firstPageIds = 4;

/** A 64-bit hash, fed value by value. Two lanes of 32-bit multiply-and-rotate with different constants. */
export class Hash64 {
  low = 0;
  high = 0;

  start(seed: number): this {
    this.low = 0x811c9dc5 ^ seed;
    this.high = 0x9747b28c ^ Math.imul(seed + 1, 0x27d4eb2f);
    return this;
  }

  int(x: number): this {
    this.low = Math.imul(this.low ^ x, 0x01000193);
    this.low ^= this.low >>> 15;
    this.high = Math.imul((this.high ^ x) + 0x7f4a7c15, 0x85ebca6b);
    this.high ^= this.high >>> 13;
    return this;
  }

  /** An integer of any size a double holds exactly. */
  number(x: number): this {
    return this.int(x | 0).int(Math.floor(x / 4294967296) | 0);
  }

  text(s: string): this {
    for (let i = 0; i < s.length; i++) this.int(s.charCodeAt(i));
    return this.int(s.length);
  }
}

export type Seen = 'new' | 'duplicate' | 'conflict';

/** A full page of an account. */
export interface IdPage {
  /** First word in the pool; -1 while it is being restored and has not come. */
  start: number;
  /** Counts the account's named pages, for ever; -1 until it is named. */
  number: number;
  /** Where it is kept outside. */
  slot: number;
}

interface FullPages {
  /** Oldest first. */
  readonly pages: IdPage[];
  /** Number of the page that is named next. */
  next: number;
  /** Slots of the pages that the snapshot taken last names, and of those that any named since one was kept. */
  lastSlots: readonly number[];
  usedSlots: readonly number[];
}

const noPages: readonly IdPage[] = [];

export class SeenIds {
  private readonly pagesKept: number;
  private readonly pool = new IdPool();
  /** By account: first word of the newest page (-1 none), its room and its entries. */
  private start = new Int32Array(0);
  private room = new Uint8Array(0);
  private size = new Uint8Array(0);
  private readonly full: (FullPages | undefined)[] = [];
  private readonly fingerprints = new Fingerprints();

  constructor(idsKept: number) {
    this.pagesKept = Math.max(1, Math.ceil(idsKept / pageIds));
  }

  /** So many ids are about to come. */
  reserve(ids: number): void {
    this.pool.reserve(ids);
    this.fingerprints.reserve(ids);
  }

  check(account: number, id: Hash64, content: Hash64): Seen {
    const idLow = id.low >>> 0;
    const idHigh = id.high >>> 0;
    const at = this.fingerprints.has(fingerprint(account, idHigh)) ? this.locate(account, idLow, idHigh) : -1;
    if (at < 0) return 'new';
    const { words } = this.pool;
    const same = words[at + 2] === content.low >>> 0 && words[at + 3] === content.high >>> 0;
    return same ? 'duplicate' : 'conflict';
  }

  remember(account: number, id: Hash64, content: Hash64): void {
    if (account >= this.start.length) this.grow(account + 1);
    let start = this.start[account] ?? -1;
    let size = this.size[account] ?? 0;
    if (start < 0 || size === this.room[account]) {
      start = this.makeRoom(account, start, size);
      size = this.size[account] ?? 0;
    }
    const at = start + size * idWords;
    const { words } = this.pool;
    words[at] = id.low;
    words[at + 1] = id.high;
    words[at + 2] = content.low;
    words[at + 3] = content.high;
    this.size[account] = size + 1;
    this.fingerprints.add(fingerprint(account, id.high >>> 0));
  }

  /** Order-independent digest of the ids remembered, for the state hash. */
  digest(account: number): string {
    const { words } = this.pool;
    let low = 0;
    let high = 0;
    let count = 0;
    const add = (start: number, size: number): void => {
      count += size;
      for (let at = start; at < start + size * idWords; at += idWords) {
        low = (low + (words[at] ?? 0)) >>> 0;
        high = (high + (words[at + 1] ?? 0)) >>> 0;
      }
    };
    for (const page of this.full[account]?.pages ?? noPages) add(page.start, pageIds);
    if ((this.start[account] ?? -1) >= 0) add(this.start[account] ?? 0, this.size[account] ?? 0);
    return `${String(count)}:${low.toString(16)}:${high.toString(16)}`;
  }

  /**
   * The account's full pages, oldest first, each with its number and its slot: those that are new get them now. A new
   * page takes a slot that no snapshot names which may be the one that is kept: until a later one is, everything that
   * it names is still there.
   */
  named(account: number): readonly IdPage[] {
    const full = this.full[account];
    if (full === undefined) return noPages;
    const added: number[] = [];
    let slot = 0;
    for (const page of full.pages) {
      if (page.number >= 0) continue;
      while (full.usedSlots.includes(slot)) slot++;
      added.push(slot);
      page.slot = slot++;
      page.number = full.next++;
    }
    if (added.length > 0) {
      full.lastSlots = full.pages.map((page) => page.slot);
      full.usedSlots = [...full.usedSlots, ...added];
    }
    return full.pages;
  }

  /** The pages named last, and the snapshot that names them, are kept: what only earlier ones named may be replaced. */
  kept(account: number): void {
    const full = this.full[account];
    if (full !== undefined) full.usedSlots = full.lastSlots;
  }

  /** How many pages of the account were ever named: the number of the next one. */
  namedCount(account: number): number {
    return this.full[account]?.next ?? 0;
  }

  /** How many ids the newest page has. */
  newestCount(account: number): number {
    return this.size[account] ?? 0;
  }

  writeNewest(account: number, w: StateWriter): void {
    const start = this.start[account] ?? 0;
    const end = start + this.newestCount(account) * idWords;
    for (let at = start; at < end; at++) w.word(this.pool.words[at] ?? 0);
  }

  /** A full page's ids as bytes, a view. */
  bytesOf(page: IdPage): Uint8Array {
    return this.pool.bytes(page.start, pageIds);
  }

  /** Forgets everything of the account. */
  clear(account: number): void {
    const start = this.start[account] ?? -1;
    if (start >= 0) {
      this.forgetPrints(account, start, this.size[account] ?? 0);
      this.pool.release(start, this.room[account] ?? 0);
      this.start[account] = -1;
      this.size[account] = this.room[account] = 0;
    }
    for (const page of this.full[account]?.pages ?? noPages) if (page.start >= 0) this.forget(account, page);
    this.full[account] = undefined;
  }

  /** To an account that has nothing: its newest page. */
  readNewest(account: number, size: number, r: StateReader): void {
    if (account >= this.start.length) this.grow(account + 1);
    let room = firstPageIds;
    while (room < size) room = nextRoom(room);
    const page = this.pool.allocate(room);
    for (let at = page; at < page + size * idWords; at++) this.pool.words[at] = r.word();
    this.start[account] = page;
    this.room[account] = room;
    this.size[account] = size;
    this.addPrints(account, page, size);
  }

  /** To an account that has nothing: its full pages, as they were named. Each must still come, by `adopt`. */
  restoreNames(account: number, pages: IdPage[]): void {
    const slots = pages.map((page) => page.slot);
    this.full[account] = {
      pages,
      next: (pages.at(-1)?.number ?? -1) + 1,
      lastSlots: slots,
      usedSlots: slots,
    };
  }

  /** Takes in a full page of nobody yet; returns its first word. */
  load(bytes: Uint8Array): number {
    const start = this.pool.allocate(pageIds);
    this.pool.bytes(start, pageIds).set(bytes);
    return start;
  }

  drop(start: number): void {
    this.pool.release(start, pageIds);
  }

  /** A loaded page is the account's. */
  adopt(account: number, page: IdPage, start: number): void {
    page.start = start;
    this.addPrints(account, start, pageIds);
  }

  /** First word of the entry, or -1. */
  private locate(account: number, low: number, high: number): number {
    if (account >= this.start.length) return -1;
    const { words } = this.pool;
    const start = this.start[account] ?? -1;
    if (start >= 0) {
      const end = start + (this.size[account] ?? 0) * idWords;
      for (let at = start; at < end; at += idWords)
        if (words[at] === low && words[at + 1] === high) return at;
    }
    const full = this.full[account];
    if (full) {
      for (const page of full.pages) {
        const at = this.pool.search(page.start, low, high);
        if (at >= 0) return at;
      }
    }
    return -1;
  }

  /** Room for one more: the newest page is doubled, or, when full, put among the full ones. */
  private makeRoom(account: number, start: number, size: number): number {
    if (size === pageIds) {
      this.pool.sort(start);
      const { pages } = (this.full[account] ??= { pages: [], next: 0, lastSlots: [], usedSlots: [] });
      pages.push({ start, number: -1, slot: -1 });
      while (pages.length > this.pagesKept) this.forget(account, pages.shift() as IdPage);
      start = -1;
      size = 0;
    }
    const room = start < 0 ? firstPageIds : nextRoom(this.room[account] ?? 0);
    const page = this.pool.allocate(room);
    if (start >= 0) {
      this.pool.words.copyWithin(page, start, start + size * idWords);
      this.pool.release(start, size);
    }
    this.start[account] = page;
    this.room[account] = room;
    this.size[account] = size;
    return page;
  }

  private forget(account: number, page: IdPage): void {
    this.forgetPrints(account, page.start, pageIds);
    this.pool.release(page.start, pageIds);
  }

  private addPrints(account: number, start: number, ids: number): void {
    const { words } = this.pool;
    for (let at = start; at < start + ids * idWords; at += idWords) {
      this.fingerprints.add(fingerprint(account, words[at + 1] ?? 0));
    }
  }

  private forgetPrints(account: number, start: number, ids: number): void {
    const { words } = this.pool;
    for (let at = start; at < start + ids * idWords; at += idWords) {
      this.fingerprints.remove(fingerprint(account, words[at + 1] ?? 0));
    }
  }

  private grow(needed: number): void {
    const capacity = nextCapacity(this.start.length, needed);
    this.start = grown(this.start, capacity, -1);
    this.room = grown(this.room, capacity);
    this.size = grown(this.size, capacity);
  }
}

/** Most accounts see few ids: small pages grow by little. */
function nextRoom(room: number): number {
  return room < 16 ? room + 4 : Math.min(pageIds, room * 2);
}

function fingerprint(account: number, idHigh: number): number {
  return Math.imul(idHigh ^ Math.imul(account + 1, 0x9e3779b1), 0x85ebca6b);
}
