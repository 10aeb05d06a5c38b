/**
 * The changelog of a partition read back: the checkpoint before everything else, since what is read after it can only
 * be newer; then pages of ids, states, marks. Each value is told with its revision.
 */
import type { Msg } from 'nats';
import type { Checkpoint } from '../../src/domain/recorded.ts';
import type { ChangelogReader } from '../../src/ports.ts';
import { decodeCheckpoint } from '../codec/checkpoint.ts';
import { decodeMarks } from '../codec/recorded-marks.ts';
import { accountsStream, type ChangelogKeys } from './changelog-keys.ts';
import { readSubjects } from './read-subjects.ts';
import { storedMessage, type AskOptions } from './stored-message.ts';

/** Told of every value, also of those that were deleted: the stream sequence of its subject's last message. */
export type Revision = (subject: string, revision: number) => void;

/** Gives everything there is; the checkpoint, or null where there is none. */
export async function readChangelog(
  options: AskOptions,
  keys: ChangelogKeys,
  into: ChangelogReader,
  revision: Revision,
): Promise<Checkpoint | null> {
  const last = await storedMessage(options, accountsStream, { last_by_subj: keys.checkpoint });
  if (last !== null) revision(last.subject, last.seq);
  const checkpoint = last === null || last.data.length === 0 ? null : decodeCheckpoint(last.data);
  const read = (subjects: string, take: (subject: string, value: Uint8Array) => void): Promise<void> =>
    readValues(options, subjects, revision, take);
  await read(keys.ids('*', '*'), (subject, page) => {
    const { account, slot } = keys.pageOf(subject);
    into.ids(account, slot, page);
  });
  await read(keys.state('*'), (subject, state) => into.account(keys.accountOf(subject), state));
  await read(keys.marks('*'), (_, marks) => decodeMarks(marks).forEach((mark) => into.mark(mark)));
  return checkpoint;
}

/** Gives what there is of one account, pages of ids first. */
export async function readAccount(
  options: AskOptions,
  keys: ChangelogKeys,
  account: string,
  into: Pick<ChangelogReader, 'account' | 'ids'>,
  revision: Revision,
): Promise<void> {
  await readValues(options, keys.ids(account, '*'), revision, (subject, page) =>
    into.ids(account, keys.pageOf(subject).slot, page),
  );
  const last = await storedMessage(options, accountsStream, { last_by_subj: keys.state(account) });
  if (last === null) return;
  revision(last.subject, last.seq);
  if (last.data.length > 0) into.account(account, last.data);
}

function readValues(
  options: AskOptions,
  subjects: string,
  revision: Revision,
  take: (subject: string, value: Uint8Array) => void,
): Promise<void> {
  return readSubjects({
    ...options,
    stream: accountsStream,
    subjects,
    from: 1,
    isTrimmed: true,
    take: ({ subject, data }: Msg, sequence) => {
      revision(subject, sequence);
      // The mark of a deletion has no value.
      if (data.length > 0) take(subject, data);
    },
  });
}
