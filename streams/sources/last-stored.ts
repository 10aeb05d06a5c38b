/**
 * Where a stream's last message of some subjects is. nats-server 2.9 says that there is none where the last one was
 * deleted by hand, though there are others: then it is looked for.
 */
import { untilAnswered } from './retry.ts';
import { storedMessage, type AskOptions } from './stored-message.ts';
import { streamBounds } from './stream-api.ts';

/** Its stream sequence; 0 where there is none. Subjects may have wildcards. */
export async function lastStored(options: AskOptions, stream: string, subjects: string): Promise<number> {
  const last = await storedMessage(options, stream, { last_by_subj: subjects });
  if (last !== null) return last.seq;
  const what = `what ${stream} holds`;
  const bounds = await untilAnswered({ ...options, what }, () => streamBounds(options.link.nats, stream));
  if (bounds.deleted === 0) return 0;
  const from = async (seq: number): Promise<number | null> =>
    (await storedMessage(options, stream, { seq, next_by_subj: subjects }))?.seq ?? null;
  let found = (await from(Math.max(1, bounds.first))) ?? 0;
  // One is at `found`, none from `none` on.
  let none = bounds.last + 1;
  while (found > 0 && none > found + 1) {
    const middle = Math.ceil((found + none) / 2);
    const next = await from(middle);
    if (next === null) none = middle;
    else found = next;
  }
  return found;
}
