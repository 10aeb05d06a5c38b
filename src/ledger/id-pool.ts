/**
 * Memory for pages of ids: one array, pages of a few sizes given out and taken back. An entry has four words: 64 bits of
 * the id, 64 bits of the content. Knows nothing of accounts.
 */
import { grown, nextCapacity } from './grow.ts';

export const pageIds = 128;
/** Words of an entry: id (2), content (2). */
export const idWords = 4;
export const idBytes = idWords * 4;

export class IdPool {
  words = new Uint32Array(1024);
  private used = 0;
  /** Free pages by size. */
  private readonly free = new Map<number, number[]>();

  /** Room for so many more ids: growing to them step by step would copy all there is at each. */
  reserve(ids: number): void {
    const needed = this.used + ids * idWords;
    if (needed > this.words.length) this.words = grown(this.words, needed);
  }

  /** First word of a page with room for so many ids. */
  allocate(ids: number): number {
    const reused = this.free.get(ids)?.pop();
    if (reused !== undefined) return reused;
    const page = this.used;
    this.used += ids * idWords;
    if (this.used > this.words.length)
      this.words = grown(this.words, nextCapacity(this.words.length, this.used));
    return page;
  }

  release(page: number, ids: number): void {
    const pages = this.free.get(ids);
    if (pages) pages.push(page);
    else this.free.set(ids, [page]);
  }

  /** Ids as bytes, a view: words as they lie in memory, which is little endian on every machine this runs on. */
  bytes(page: number, ids: number): Uint8Array {
    return new Uint8Array(this.words.buffer, page * 4, ids * idBytes);
  }

  /** Sorts a full page, so that `search` finds. */
  sort(page: number): void {
    const { words } = this;
    const order = Array.from({ length: pageIds }, (_, i) => page + i * idWords);
    order.sort((a, b) => (words[a] ?? 0) - (words[b] ?? 0));
    const sorted = new Uint32Array(pageIds * idWords);
    order.forEach((at, i) => {
      sorted.set(words.subarray(at, at + idWords), i * idWords);
    });
    words.set(sorted, page);
  }

  /** First word of the id's entry in a sorted page, or -1. */
  search(page: number, low: number, high: number): number {
    const { words } = this;
    let from = 0;
    let to = pageIds;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((words[page + middle * idWords] ?? 0) < low) from = middle + 1;
      else to = middle;
    }
    for (; from < pageIds && words[page + from * idWords] === low; from++) {
      if (words[page + from * idWords + 1] === high) return page + from * idWords;
    }
    return -1;
  }
}
