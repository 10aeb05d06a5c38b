/**
 * Publishing only where a subject's last message is the one that the publisher knows: the header that says so, and how
 * a server refuses it. Knows nothing of what a refusal means to whom.
 */
import { NatsError } from 'nats';

/** Header: the stream sequence that the subject's last message must have, 0 where it must have none. */
export const expectedRevision = 'Nats-Expected-Last-Subject-Sequence';

/** JetStream's codes for another last message than that; the second is what clustered servers from 2.12 on say. */
const wrongLastSequence: readonly number[] = [10071, 10164];

export function isWrongRevisionCode(code: number | undefined): boolean {
  return code !== undefined && wrongLastSequence.includes(code);
}

/** Of an error of the client's own publishing. */
export function isRefusedByRevision(error: unknown): boolean {
  return error instanceof NatsError && isWrongRevisionCode(error.api_error?.err_code);
}
