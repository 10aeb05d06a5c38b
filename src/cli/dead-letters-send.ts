/**
 * Dead letters of trades, prices, ticks and instruments, sent again to their subjects; whether they are refused again
 * shows in DEAD_LETTERS. What is wanted of a trade are its two settlements.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { limits } from '../../config/limits.ts';
import { deadLettersStream, ledgerStream, tradesStream } from '../../streams/sources/stream-definitions.ts';
import { exitCodes, Failure, wantsJson } from './context.ts';
import { newestDeadLetters, readDeadLetter, type DeadLetterBody } from './dead-letter-stream.ts';
import { waits, type WriteOptions } from './ledger-write.ts';
import type { NatsDoor } from './nats.ts';
import { note, print, printJson } from './output.ts';
import { sideOf, type Side } from './trade.ts';

interface Sent {
  readonly stream: string | null;
  readonly sequence: number | null;
  readonly outcome: 'published' | 'applied' | 'pending' | 'rejected';
  readonly reason?: string;
  readonly detail?: string;
}

/** A batch of prices is an array, and this element of one is to be one again. */
const batchSubject = 'prices';
const coreLetters = 'core';

/** `origin`: the stream the letter is of, or `core` for a subject without one. */
export async function sendAgain(
  self: Command,
  nats: NatsDoor,
  letter: DeadLetterBody,
  payload: Uint8Array,
  origin: string,
  options: WriteOptions,
): Promise<void> {
  const before = (await nats.range(deadLettersStream))?.last ?? 0;
  const place = { stream: null, sequence: null };
  if (origin !== coreLetters) {
    Object.assign(place, await nats.publishAcknowledged(letter.subject, payload));
  } else {
    nats.publish(letter.subject, letter.subject === batchSubject ? batchOf(letter, payload) : payload);
    await nats.flush();
  }
  const again = waits(options) ? await refusedAgain(nats, letter, before) : null;
  const outcome = again === null ? ({ outcome: 'published' } as const) : refusal(again);
  tell(self, letter, { ...place, ...outcome }, waits(options));
}

export async function sendTradesAgain(
  self: Command,
  nats: NatsDoor,
  letter: DeadLetterBody,
  payload: Uint8Array,
  { id, buyer, seller }: Readonly<Record<string, unknown>>,
  options: WriteOptions,
): Promise<void> {
  const from = ((await nats.range(ledgerStream))?.last ?? 0) + 1;
  const place = await nats.publishAcknowledged(letter.subject, payload);
  if (!waits(options)) {
    tell(self, letter, { ...place, outcome: 'pending' }, false);
    return;
  }
  const settled = Promise.all([
    sideOf(nats, String(buyer), `${String(id)}-buy`, from),
    sideOf(nats, String(seller), `${String(id)}-sell`, from),
  ]);
  const refused = letterOf(nats, `${tradesStream}.${place.sequence}.0`);
  const first = await Promise.race([settled, refused]);
  tell(self, letter, { ...place, ...outcomeOfTrade(first) }, true);
}

/** From its letter, or its two sides; null: neither came in time. */
function outcomeOfTrade(
  first: readonly Side[] | DeadLetterBody | null,
): Pick<Sent, 'outcome' | 'reason' | 'detail'> {
  if (first === null) return { outcome: 'pending' };
  if ('reason' in first) return refusal(first);
  const [refused] = first.flatMap(({ outcome }) => (outcome.outcome === 'rejected' ? [outcome] : []));
  const isOpen = first.some(({ outcome }) => outcome.outcome === 'pending');
  return refused ?? { outcome: isOpen ? 'pending' : 'applied' };
}

function batchOf({ detail }: DeadLetterBody, payload: Uint8Array): Uint8Array {
  const isElement = payload[0] !== '['.charCodeAt(0) && detail !== 'not an array' && detail !== 'not JSON';
  return isElement ? Buffer.concat([Buffer.from('['), payload, Buffer.from(']')]) : payload;
}

/** A later letter of the same subject and payload; null where none comes soon. */
async function refusedAgain(
  nats: NatsDoor,
  { subject, payload }: DeadLetterBody,
  before: number,
): Promise<DeadLetterBody | null> {
  const deadline = performance.now() + limits.cliDeadLetterMsMax;
  for (;;) {
    const count = ((await nats.range(deadLettersStream))?.last ?? 0) - before;
    const letters = count > 0 ? await newestDeadLetters(nats, count) : [];
    const again = letters.find((each) => each.subject === subject && each.payload === payload);
    if (again !== undefined) return again;
    if (performance.now() > deadline) return null;
    await sleep(limits.cliPollMs);
  }
}

/** null where it does not come within the time that an outcome may take. */
async function letterOf(nats: NatsDoor, id: string): Promise<DeadLetterBody | null> {
  const deadline = performance.now() + limits.cliOutcomeMsMax;
  while (performance.now() < deadline) {
    const letter = await readDeadLetter(nats, id);
    if (letter !== null) return letter;
    await sleep(limits.cliPollMs);
  }
  return null;
}

function refusal({ reason, detail }: DeadLetterBody): Pick<Sent, 'outcome' | 'reason' | 'detail'> {
  return { outcome: 'rejected', reason, detail };
}

/** Prints, and throws for what was refused again. */
function tell(self: Command, { id, subject }: DeadLetterBody, sent: Sent, waited: boolean): void {
  const { stream, sequence, outcome, reason = '', detail = '' } = sent;
  const at = stream === null ? `to ${subject}` : `${stream} sequence ${sequence ?? 0}`;
  if (wantsJson(self)) printJson({ id, subject, ...sent });
  else print(`dead letter ${id}: ${at}, ${outcome}`);
  if (outcome === 'rejected') throw new Failure(`dead letter ${id} was rejected again: ${reason}: ${detail}`);
  if (waited && outcome === 'pending') {
    note(`the engine has not come to it within ${limits.cliOutcomeMsMax / 1000} s`);
    process.exitCode = exitCodes.failed;
  }
}
