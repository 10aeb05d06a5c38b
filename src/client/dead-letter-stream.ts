/** Reading the stream DEAD_LETTERS: what was refused, whole, with its reason. Bounded; knows no presentation. */
import { gunzipSync } from 'node:zlib';
import { limits } from '../../config/limits.ts';
import { deadLettersStream, ledgerStream } from '../../streams/sources/stream-definitions.ts';
import { Failure } from '../failure.ts';
import type { NatsDoor } from './nats.ts';

export interface DeadLetterBody {
  readonly id: string;
  readonly reason: string;
  readonly detail: string;
  readonly subject: string;
  /** 0 for a core subject, which has none. */
  readonly sequence: number;
  readonly index: number;
  /** '_' where the message names none. */
  readonly account_id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The element that was refused, as it came. */
  readonly payload: string;
  /** How the payload is written; as text where absent. */
  readonly encoding?: 'base64' | 'gzip';
  /** Whether the payload is only the beginning, of so many bytes. */
  readonly truncated?: boolean;
  readonly payload_bytes?: number;
}

export interface DeadLetterFilter {
  readonly account?: string | undefined;
  readonly reason?: string | undefined;
  /** LEDGER sequence; letters of other streams and subjects do not count. */
  readonly ledgerFrom?: number;
}

const subjectHead = 'dead_letters.';
const decoder = new TextDecoder();

/** The letter of an id such as LEDGER.481516.0; null where there is none. */
export async function readDeadLetter(nats: NatsDoor, id: string): Promise<DeadLetterBody | null> {
  const kept = await nats.message(deadLettersStream, { last_by_subj: `${subjectHead}${id}` });
  return kept === null ? null : bodyOf(kept.payload);
}

/** The letter of an id as somebody typed it. Throws where there is none. */
export async function requireDeadLetter(nats: NatsDoor, id: string): Promise<DeadLetterBody> {
  const letter = /^[\w-]+(\.[\w-]+)*$/.test(id) ? await readDeadLetter(nats, id) : null;
  if (letter === null) throw new Failure(`there is no dead letter ${id}`);
  return letter;
}

/** The payload to be read: unpacked where it is packed, base64 where it is no text. */
export function payloadText({ payload, encoding }: DeadLetterBody): string {
  return encoding === 'gzip' ? gunzipSync(Buffer.from(payload, 'base64')).toString() : payload;
}

/** Up to `limit` letters, newest first; looks at no more than a bounded number of them. */
export async function newestDeadLetters(
  nats: NatsDoor,
  limit: number,
  filter: DeadLetterFilter = {},
): Promise<DeadLetterBody[]> {
  const range = await nats.range(deadLettersStream);
  const found: DeadLetterBody[] = [];
  if (range === null) return found;
  const oldest = Math.max(range.first, range.last - limits.clientDeadLettersScannedMax + 1, 1);
  for (let end = range.last; end >= oldest && found.length < limit; end -= limits.clientDeadLettersAtOnce) {
    const start = Math.max(oldest, end - limits.clientDeadLettersAtOnce + 1);
    const sequences = Array.from({ length: end - start + 1 }, (_, i) => end - i);
    const kept = await Promise.all(sequences.map((seq) => nats.message(deadLettersStream, { seq })));
    for (const message of kept) {
      if (message === null || found.length === limit) continue;
      const letter = bodyOf(message.payload);
      const isOfLedger = message.subject.startsWith(`${subjectHead}${ledgerStream}.`);
      // LEDGER is judged in order, so that what is behind an older letter is older still.
      if (filter.ledgerFrom !== undefined && isOfLedger && letter.sequence < filter.ledgerFrom) return found;
      if (matches(letter, filter) && (filter.ledgerFrom === undefined || isOfLedger)) found.push(letter);
    }
  }
  return found;
}

/** Letters of LEDGER messages at sequence `first` or behind it, up to `limit`, newest first. */
export function ledgerLettersSince(nats: NatsDoor, first: number, limit: number): Promise<DeadLetterBody[]> {
  return newestDeadLetters(nats, limit, { ledgerFrom: first });
}

function matches(letter: DeadLetterBody, { account, reason }: DeadLetterFilter): boolean {
  return (
    (account === undefined || letter.account_id === account) &&
    (reason === undefined || letter.reason === reason)
  );
}

function bodyOf(payload: Uint8Array): DeadLetterBody {
  return JSON.parse(decoder.decode(payload)) as DeadLetterBody;
}
