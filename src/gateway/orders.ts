/**
 * An order to book something: its event to LEDGER, under an id by which a repetition counts once, and what became of it.
 * Knows no kind of event.
 */
import { createHash } from 'node:crypto';
import Type from 'typebox';
import { inspect, type InspectReply } from '../client/account-reply.ts';
import { generatedId, hasSeen, outcomeOf } from '../client/ledger-outcome.ts';
import type { NatsDoor } from '../client/nats.ts';
import type { ImpactMessage } from '../../streams/codec/outcome-message.ts';
import { parseDecimal, type Decimal } from '../domain/decimal.ts';
import { isId } from '../domain/identifier.ts';
import type { Parts } from './parts.ts';
import { Problem } from './problem.ts';

export const orderHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The same order under the same key counts once, however often it is sent.',
    }),
  ),
});

/** A number of up to 15 significant digits, or text of any length. */
export const decimalField = (description: string) =>
  Type.Unsafe<number | string>({ type: ['number', 'string'], maxLength: 64, description });

/** The decimal, and as text. Throws Problem: 422. */
export function decimalOf(field: string, given: number | string): { decimal: Decimal; text: string } {
  const decimal = parseDecimal(given);
  if (decimal === null) {
    throw new Problem(422, 'malformed', `${field} is no plain decimal of at most 15 significant digits`);
  }
  return { decimal, text: String(given) };
}

/** The key itself where it can be an event's id. */
export function eventIdOf(key: string | undefined): string {
  if (key === undefined) return generatedId();
  return isId(key) ? key : `key-${createHash('sha256').update(key).digest('base64url')}`;
}

/**
 * Facts are applied whatever the account's state is; an order is a command. One that was booked before it was suspended
 * is answered again as it was, and books nothing. Throws Problem: 409.
 */
export async function requireCommands(
  nats: NatsDoor,
  { account_id: account, state }: Pick<InspectReply, 'account_id' | 'state'>,
  area: 'settlements' | 'cash',
  key: string | undefined,
): Promise<void> {
  if (state !== 'suspended' && state !== 'closed') return;
  if (key !== undefined && (await hasSeen(nats, account, area, eventIdOf(key)))) return;
  throw new Problem(409, `account_${state}`, `the account is ${state}`);
}

export interface Booked {
  /** The same event was in the ledger before. */
  readonly isRepeated: boolean;
  /** What the event did by itself, where that is known: not of a repetition. */
  readonly impact: ImpactMessage | null;
  /** LEDGER sequence of the event. */
  readonly sequence: number;
  /** With the event in it: its `sequence` is that of the event or a later one. */
  readonly account: InspectReply;
}

/** Resolves when the engine has applied the event. Throws Problem: 422 or 409 with the reason of a rejection, 504. */
export async function book(
  { nats, log }: Pick<Parts, 'nats' | 'log'>,
  account: string,
  area: 'settlements' | 'cash',
  message: Readonly<Record<string, unknown>> & { readonly id: string },
): Promise<Booked> {
  let sequence = NaN;
  const undecided = (): Problem => notKnownYet(message.id, sequence);
  // Whatever fails from here on, the order may be in LEDGER: who is told so asks again under the same key.
  const { outcome, impact } = await (async () => {
    ({ sequence } = await nats.publishAcknowledged(`${area}.${account}`, message));
    return outcomeOf(nats, account, sequence);
  })().catch((error: unknown) => Promise.reject(error instanceof Problem ? error : undecided()));
  log.info({ account, area, event: message.id, sequence, outcome: outcome.outcome }, 'an order');
  if (outcome.outcome === 'rejected') {
    const { reason, detail } = outcome;
    throw new Problem(reason === 'id_conflict' ? 409 : 422, reason, detail);
  }
  const isDone = outcome.outcome === 'applied' || outcome.outcome === 'duplicate';
  const after = isDone ? await inspect(nats, account).catch(() => null) : null;
  if (after !== null)
    return { isRepeated: outcome.outcome === 'duplicate', impact, sequence, account: after };
  throw undecided();
}

function notKnownYet(id: string, sequence: number): Problem {
  const where = Number.isNaN(sequence) ? 'may be in LEDGER' : `is in LEDGER at ${sequence}`;
  const detail = `the order ${where}, and is not known to be applied: repeat it under the Idempotency-Key ${id}`;
  return new Problem(504, 'not_applied_yet', detail, { headers: { 'retry-after': '1' } });
}
