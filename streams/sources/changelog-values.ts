/**
 * The changelog of a partition read back: the checkpoint before everything else, since what is read after it can only
 * be newer; then pages of ids, states, marks. Each value is told with its revision.
 */
import type { Msg } from 'nats';
import { limits } from '../../config/limits.ts';
import type { Checkpoint } from '../../src/domain/recorded.ts';
import type { ChangelogReader } from '../../src/ports.ts';
import { decodeCheckpoint } from '../codec/checkpoint.ts';
import { decodeMarks } from '../codec/recorded-marks.ts';
import { decodeParts, joined, partsHeader } from '../codec/state-parts.ts';
import { accountsStream, type ChangelogKeys } from './changelog-keys.ts';
import { readSubjects } from './read-subjects.ts';
import { storedMessage, type AskOptions } from './stored-message.ts';

type Take = (subject: string, value: Uint8Array, message: Msg) => void;

/** What a writer must know of what is there. */
export interface Known {
  /** Of every value, also of those that were deleted: the stream sequence of its subject's last message. */
  revision(subject: string, revision: number): void;
  /** The set of parts that the head of an account names. */
  named(account: string, set: number): void;
}

/** Gives everything there is; the checkpoint, or null where there is none. */
export async function readChangelog(
  options: AskOptions,
  keys: ChangelogKeys,
  into: ChangelogReader,
  known: Known,
): Promise<Checkpoint | null> {
  const last = await storedMessage(options, accountsStream, { last_by_subj: keys.checkpoint });
  if (last !== null) known.revision(last.subject, last.seq);
  const checkpoint = last === null || last.data.length === 0 ? null : decodeCheckpoint(last.data);
  const read = (subjects: string, take: Take): Promise<void> => readValues(options, subjects, known, take);
  await read(keys.ids('*', '*'), (subject, page) => {
    const { account, slot } = keys.pageOf(subject);
    into.ids(account, slot, page);
  });
  const inParts: string[] = [];
  await read(keys.state('*'), (subject, state, message) => {
    if (message.headers?.has(partsHeader) === true) inParts.push(keys.accountOf(subject));
    else into.account(keys.accountOf(subject), state);
  });
  for (const account of inParts) await readState(options, keys, account, into, known);
  await read(keys.marks('*'), (_, marks) => decodeMarks(marks).forEach((mark) => into.mark(mark)));
  return checkpoint;
}

/** Gives what there is of one account, pages of ids first. */
export async function readAccount(
  options: AskOptions,
  keys: ChangelogKeys,
  account: string,
  into: Pick<ChangelogReader, 'account' | 'ids'>,
  known: Known,
): Promise<void> {
  await readValues(options, keys.ids(account, '*'), known, (subject, page) =>
    into.ids(account, keys.pageOf(subject).slot, page),
  );
  await readState(options, keys, account, into, known);
}

/** One message, or a head and what it names: parts that are gone were replaced, and there is another head. */
async function readState(
  options: AskOptions,
  keys: ChangelogKeys,
  account: string,
  into: Pick<ChangelogReader, 'account'>,
  known: Known,
): Promise<void> {
  let before = 0;
  let again = 0;
  for (let heads = 0; heads < limits.changelogHeadsMax; heads++) {
    const head = await storedMessage(options, accountsStream, { last_by_subj: keys.state(account) });
    if (head === null) return;
    // Again the same head: what it names is not replaced but gone.
    again = head.seq === before ? again + 1 : 0;
    if (again === limits.changelogReadingsMax) break;
    before = head.seq;
    known.revision(head.subject, head.seq);
    if (!head.header.has(partsHeader)) {
      if (head.data.length > 0) into.account(account, head.data);
      return;
    }
    const parts: Uint8Array[] = [];
    const { set, sequences } = decodeParts(head.data);
    known.named(account, set);
    for (const [number, seq] of sequences.entries()) {
      const part = await storedMessage(options, accountsStream, { seq });
      if (part?.subject !== keys.part(account, set, number)) break;
      known.revision(part.subject, seq);
      parts.push(part.data);
    }
    if (parts.length < sequences.length) continue;
    into.account(account, joined(parts));
    return;
  }
  throw new Error(`parts of the state of account ${account} are missing from the bucket ACCOUNTS`);
}

function readValues(options: AskOptions, subjects: string, known: Known, take: Take): Promise<void> {
  return readSubjects({
    ...options,
    stream: accountsStream,
    subjects,
    from: 1,
    isTrimmed: true,
    take: (message: Msg, sequence) => {
      const { subject, data } = message;
      known.revision(subject, sequence);
      // The mark of a deletion has no value.
      if (data.length > 0) take(subject, data, message);
    },
  });
}
