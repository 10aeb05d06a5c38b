/**
 * The messages of a partition's effect log, found and read back: from a position on for a recovery, one record for a
 * void. A message names the position of the one before it, so that what is missing is noticed.
 */
import type { StoredMsg } from 'nats';
import { limits } from '../../config/limits.ts';
import type { RecordedEffect } from '../../src/domain/recorded.ts';
import { previousPosition, readEffects } from '../codec/effect-record.ts';
import { readSubjects } from './read-subjects.ts';
import { untilAnswered } from './retry.ts';
import { headerNumber, storedMessage, type AskOptions } from './stored-message.ts';
import { streamBounds } from './stream-api.ts';
import { effectsStream, effectSubject } from './stream-definitions.ts';

/**
 * Headers of a message: who wrote it, and the LEDGER sequences of the events in it. `last` never goes back from one
 * message to the next; where a message has no event, it is that of the message before and `first` is one more.
 */
export const effectHeaders = {
  epoch: 'Tidemark-Epoch',
  first: 'Tidemark-First',
  last: 'Tidemark-Last',
} as const;

/** Gives every effect in messages from position `from` to `through`, in order. Throws where some are no longer there. */
export async function readEffectLog(
  options: AskOptions,
  partition: number,
  from: number,
  through: number,
  take: (effect: RecordedEffect) => void,
): Promise<void> {
  if (from > through + 1) throw lost(`ends at ${through}`, through + 1, from - 1);
  const what = 'where the effect log begins';
  const bounds = (): ReturnType<typeof streamBounds> => streamBounds(options.link.nats, effectsStream);
  const { first } = await untilAnswered({ ...options, what }, bounds);
  /** Position of the message before; of the first one that is wanted, only that it is before `from`. */
  let before = NaN;
  await readSubjects({
    ...options,
    stream: effectsStream,
    subjects: effectSubject(partition),
    from: Math.max(from, first),
    through,
    isTrimmed: true,
    take: ({ data }, position) => {
      const previous = previousPosition(data);
      // An empty subject may have been one whose messages were too old: nobody can tell what they said.
      const mayBeGone = previous === 0 && first > from;
      const isNext = Number.isNaN(before) ? previous < from && !mayBeGone : previous === before;
      if (!isNext)
        throw lost(`begins at ${position}`, Number.isNaN(before) ? from : before + 1, position - 1);
      before = position;
      readEffects(data, take);
    },
  });
}

/** The record of one element of a LEDGER message, in messages up to a position; null where the log has none. */
export async function findEffect(
  options: AskOptions,
  partition: number,
  position: number,
  sequence: number,
  index: number,
): Promise<RecordedEffect | null> {
  const subject = effectSubject(partition);
  const from = (seq: number): Promise<StoredMsg | null> =>
    storedMessage(options, effectsStream, { seq, next_by_subj: subject });
  let low = 1;
  let high = position + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const message = await from(middle);
    if (message === null || headerNumber(message, effectHeaders.last) >= sequence) high = middle;
    else low = message.seq + 1;
  }
  let next = low;
  for (let looked = 0; looked < limits.effectLogFoundMessagesMax && next <= position; looked++) {
    const message = await from(next);
    if (message === null || headerNumber(message, effectHeaders.first) > sequence + 1) return null;
    const found: RecordedEffect[] = [];
    readEffects(message.data, (each) => {
      if (each.late === null && each.sequence === sequence && each.index === index) found.push(each);
    });
    if (found[0] !== undefined) return found[0];
    next = message.seq + 1;
  }
  return null;
}

function lost(where: string, first: number, last: number): Error {
  return new Error(
    `the stream ${effectsStream} ${where}: its messages ${first} to ${last}, which say what ledger events were valued at, are lost`,
  );
}
