/**
 * The ids each account has seen, so that the same event sent again counts once: 64-bit hashes of id and of content, in
 * pages of 128, the newest page growing, full ones sorted and never changed again. At least the last `idsKept` ids of
 * an account are known; older pages are forgotten whole.
 */
import { Fingerprints } from './fingerprints.ts';
import { grown, nextCapacity } from './grow.ts';

const pageIds = 128;
/** Words of an entry: id (2), content (2). */
const words = 4;
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

export class SeenIds {
  private readonly pagesKept: number;
  private pool = new Uint32Array(1024);
  private used = 0;
  /** Free pages of the pool by size. */
  private readonly free = new Map<number, number[]>();
  /** By account: first word of the newest page (-1 none), its room and its entries. */
  private start = new Int32Array(0);
  private room = new Uint8Array(0);
  private size = new Uint8Array(0);
  private readonly fullPages: (number[] | undefined)[] = [];
  private readonly fingerprints = new Fingerprints();

  constructor(idsKept: number) {
    this.pagesKept = Math.max(1, Math.ceil(idsKept / pageIds));
  }

  check(account: number, id: Hash64, content: Hash64): Seen {
    const idLow = id.low >>> 0;
    const idHigh = id.high >>> 0;
    const at = this.fingerprints.has(fingerprint(account, idHigh)) ? this.locate(account, idLow, idHigh) : -1;
    if (at < 0) return 'new';
    const same = this.pool[at + 2] === content.low >>> 0 && this.pool[at + 3] === content.high >>> 0;
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
    const at = start + size * words;
    this.pool[at] = id.low;
    this.pool[at + 1] = id.high;
    this.pool[at + 2] = content.low;
    this.pool[at + 3] = content.high;
    this.size[account] = size + 1;
    this.fingerprints.add(fingerprint(account, id.high >>> 0));
  }

  /** Order-independent digest of the ids remembered, for the state hash. */
  digest(account: number): string {
    let low = 0;
    let high = 0;
    let count = 0;
    const add = (start: number, size: number): void => {
      count += size;
      for (let at = start; at < start + size * words; at += words) {
        low = (low + (this.pool[at] ?? 0)) >>> 0;
        high = (high + (this.pool[at + 1] ?? 0)) >>> 0;
      }
    };
    for (const page of this.fullPages[account] ?? []) add(page, pageIds);
    if ((this.start[account] ?? -1) >= 0) add(this.start[account] ?? 0, this.size[account] ?? 0);
    return `${String(count)}:${low.toString(16)}:${high.toString(16)}`;
  }

  /** First word of the entry, or -1. */
  private locate(account: number, low: number, high: number): number {
    if (account >= this.start.length) return -1;
    const { pool } = this;
    const start = this.start[account] ?? -1;
    if (start >= 0) {
      const end = start + (this.size[account] ?? 0) * words;
      for (let at = start; at < end; at += words) if (pool[at] === low && pool[at + 1] === high) return at;
    }
    const pages = this.fullPages[account];
    if (pages) {
      for (const page of pages) {
        const at = this.search(page, low, high);
        if (at >= 0) return at;
      }
    }
    return -1;
  }

  private search(page: number, low: number, high: number): number {
    const { pool } = this;
    let from = 0;
    let to = pageIds;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((pool[page + middle * words] ?? 0) < low) from = middle + 1;
      else to = middle;
    }
    for (; from < pageIds && pool[page + from * words] === low; from++) {
      if (pool[page + from * words + 1] === high) return page + from * words;
    }
    return -1;
  }

  /** Room for one more: the newest page is doubled, or, when full, put among the full ones. */
  private makeRoom(account: number, start: number, size: number): number {
    if (size === pageIds) {
      this.sort(start);
      const pages = (this.fullPages[account] ??= []);
      pages.push(start);
      if (pages.length > this.pagesKept) this.forget(account, pages.shift() ?? 0);
      start = -1;
      size = 0;
    }
    const room = start < 0 ? firstPageIds : nextRoom(this.room[account] ?? 0);
    const page = this.allocate(room);
    if (start >= 0) {
      this.pool.copyWithin(page, start, start + size * words);
      this.release(start, size);
    }
    this.start[account] = page;
    this.room[account] = room;
    this.size[account] = size;
    return page;
  }

  private forget(account: number, page: number): void {
    for (let at = page; at < page + pageIds * words; at += words) {
      this.fingerprints.remove(fingerprint(account, this.pool[at + 1] ?? 0));
    }
    this.release(page, pageIds);
  }

  private sort(page: number): void {
    const { pool } = this;
    const order = Array.from({ length: pageIds }, (_, i) => page + i * words);
    order.sort((a, b) => (pool[a] ?? 0) - (pool[b] ?? 0));
    const sorted = new Uint32Array(pageIds * words);
    order.forEach((at, i) => {
      sorted.set(pool.subarray(at, at + words), i * words);
    });
    pool.set(sorted, page);
  }

  private allocate(ids: number): number {
    const reused = this.free.get(ids)?.pop();
    if (reused !== undefined) return reused;
    const page = this.used;
    this.used += ids * words;
    if (this.used > this.pool.length) this.pool = grown(this.pool, nextCapacity(this.pool.length, this.used));
    return page;
  }

  private release(page: number, ids: number): void {
    const pages = this.free.get(ids);
    if (pages) pages.push(page);
    else this.free.set(ids, [page]);
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
