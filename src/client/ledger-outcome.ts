/**
 * What became of an event that was written to LEDGER: applied, ignored as a duplicate, or rejected and why, as the engine
 * itself says it. Knows no kind of event.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import type { ImpactMessage, OutcomeMessage } from '../../streams/codec/outcome-message.ts';
import { readDeadLetter } from './dead-letter-stream.ts';
import type { NatsDoor } from './nats.ts';

export interface LedgerWrite {
  readonly subject: string;
  readonly account: string;
  readonly message: Readonly<Record<string, unknown>>;
  /** The message as it is sent, where that is not to be written anew. */
  readonly payload?: Uint8Array;
  /** As told back: "deposit of 1,000.00 USD to account 7". */
  readonly what: string;
}

export type Outcome =
  | { readonly outcome: 'applied' | 'duplicate' | 'waiting' | 'pending' }
  | { readonly outcome: 'rejected'; readonly reason: string; readonly detail: string };

export interface Judged {
  readonly outcome: Outcome;
  /** What it did by itself, where it was applied and the engine still knows. */
  readonly impact: ImpactMessage | null;
}

/** An id for an event that was given none. */
export function generatedId(): string {
  return randomUUID();
}

/**
 * What became of the event at `sequence` of the account. `pending` where the engine has not come to it in time, or does
 * not know any more, since it was started meanwhile: the same event sent again counts once. `waiting` of a void of which
 * the target is not in the ledger yet: for how long it may be is a matter of the ledger.
 */
export async function outcomeOf(nats: NatsDoor, account: string, sequence: number): Promise<Judged> {
  const told = (outcome: Outcome): Judged => ({ outcome, impact: null });
  const deadline = performance.now() + limits.clientOutcomeMsMax;
  for (;;) {
    const request = { account_id: account, sequence };
    const {
      outcome,
      reason = '',
      detail = '',
      impact = null,
    } = JSON.parse(await nats.ask('outcome', request)) as OutcomeMessage;
    if (outcome === 'applied') return { outcome: { outcome }, impact };
    if (outcome === 'duplicate' || outcome === 'waiting') return told({ outcome });
    if (outcome === 'rejected') return told({ outcome, reason, detail });
    if (outcome === 'unknown') return told(await refusedBefore(nats, sequence));
    if (performance.now() >= deadline) return told({ outcome: 'pending' });
    await sleep(limits.clientPollMs);
  }
}

/** Whether the account remembers an event of that id: the same one sent again books nothing. */
export async function hasSeen(
  nats: NatsDoor,
  account: string,
  area: 'settlements' | 'cash',
  id: string,
): Promise<boolean> {
  const text = await nats.ask('seen', { account_id: account, area, id });
  return (JSON.parse(text) as { readonly seen: boolean }).seen;
}

/** A letter is proof, whoever wrote it; that there is none yet is not. */
async function refusedBefore(nats: NatsDoor, sequence: number): Promise<Outcome> {
  const letter = await readDeadLetter(nats, `LEDGER.${sequence}.0`);
  if (letter === null) return { outcome: 'pending' };
  return { outcome: 'rejected', reason: letter.reason, detail: letter.detail };
}
