/** Which rebase an account had last, and what it has seen since a correction whose rebase has not come, in its snapshot. */
import type { BookParts } from './book-parts.ts';
import { emptyPending } from './rebasing.ts';
import type { PendingRebase } from './rebasing.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** Their order is the format's. */
const figures = [
  'of', 'effectiveAt', 'epochThen', 'navThen', 'sessionThen', 'since', 'epochSince', 'epoch', 'high', 'highTime', 'low',
  'worst', 'profit',
] as const satisfies readonly (keyof PendingRebase)[]; // prettier-ignore

export function writeRebase({ accounts, rebasing }: BookParts, account: number, w: StateWriter): void {
  const last = accounts.rebase[account] ?? 0;
  const pending = rebasing.of(account);
  const all = [...(pending === null ? [] : [pending]), ...rebasing.untimedOf(account)];
  if (last === 0 && all.length === 0) return;
  w.number(last);
  for (const each of all) for (const figure of figures) w.number(each[figure]);
}

export function readRebase({ accounts, rebasing }: BookParts, account: number, r: StateReader): void {
  accounts.rebase[account] = r.number();
  while (!r.isAtSectionEnd) {
    const pending = emptyPending();
    for (const figure of figures) pending[figure] = r.number();
    rebasing.set(account, pending);
  }
}
