/** The ids an account has seen, in its snapshot: the newest page itself, and the names of the full ones. */
import type { IdPage, SeenIds } from './seen-ids.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

export function writeIds(seen: SeenIds, account: number, w: StateWriter): void {
  const newest = seen.newestCount(account);
  const pages = seen.named(account);
  if (newest === 0 && pages.length === 0) return;
  w.count(newest);
  seen.writeNewest(account, w);
  w.count(pages.length);
  for (const { number, slot } of pages) {
    w.count(number);
    w.count(slot);
  }
}

/** Returns the full pages, which must still come. */
export function readIds(seen: SeenIds, account: number, r: StateReader): readonly IdPage[] {
  const size = r.count();
  if (size > 0) seen.readNewest(account, size, r);
  const pages: IdPage[] = [];
  for (let left = r.count(); left > 0; left--) pages.push({ start: -1, number: r.count(), slot: r.count() });
  if (pages.length > 0) seen.restoreNames(account, pages);
  return pages;
}
