/**
 * Dead letters of trades, prices, ticks and instruments, sent again to their subjects; whether they are refused again
 * shows in DEAD_LETTERS.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { limits } from '../../config/limits.ts';
import { deadLettersStream } from '../../streams/sources/stream-definitions.ts';
import { newestDeadLetters, type DeadLetterBody } from '../client/dead-letter-stream.ts';
import type { NatsDoor } from '../client/nats.ts';
import { Failure, wantsJson } from './context.ts';
import { waits, type WriteOptions } from './ledger-write.ts';
import { print, printJson } from './output.ts';

interface Sent {
  readonly stream: string | null;
  readonly sequence: number | null;
  readonly outcome: 'published' | 'rejected';
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
  tell(self, letter, { ...place, ...outcome });
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
  const deadline = performance.now() + limits.clientDeadLetterMsMax;
  for (;;) {
    const count = ((await nats.range(deadLettersStream))?.last ?? 0) - before;
    const letters = count > 0 ? await newestDeadLetters(nats, count) : [];
    const again = letters.find((each) => each.subject === subject && each.payload === payload);
    if (again !== undefined) return again;
    if (performance.now() > deadline) return null;
    await sleep(limits.clientPollMs);
  }
}

function refusal({ reason, detail }: DeadLetterBody): Pick<Sent, 'outcome' | 'reason' | 'detail'> {
  return { outcome: 'rejected', reason, detail };
}

/** Prints, and throws for what was refused again. */
function tell(self: Command, { id, subject }: DeadLetterBody, sent: Sent): void {
  const { stream, sequence, outcome, reason = '', detail = '' } = sent;
  const at = stream === null ? `to ${subject}` : `${stream} sequence ${sequence ?? 0}`;
  if (wantsJson(self)) printJson({ id, subject, ...sent });
  else print(`dead letter ${id}: ${at}, ${outcome}`);
  if (outcome === 'rejected') throw new Failure(`dead letter ${id} was rejected again: ${reason}: ${detail}`);
}
