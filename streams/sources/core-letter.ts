/** A dead letter for a message of a core subject, which has no stream and no sequence. */
import type { Msg } from 'nats';
import type { Rejected } from '../../src/domain/rejection.ts';
import type { DeadLetter } from '../../src/ports.ts';

export function coreLetter(message: Msg, index: number, why: Rejected, time: number): DeadLetter {
  const { reason, detail } = why;
  const { subject, data } = message;
  return { stream: '', sequence: 0, index, subject, account: '_', reason, detail, time, payload: data };
}
