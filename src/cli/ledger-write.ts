/**
 * Writing one event to LEDGER and saying what became of it: acknowledged at which sequence, then applied, ignored as a
 * duplicate, or rejected and why. Knows no kind of event.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { limits } from '../../config/limits.ts';
import { inspect } from './account-reply.ts';
import { exitCodes, Failure, wantsJson } from './context.ts';
import { readDeadLetter } from './dead-letter-stream.ts';
import { EngineAway, type NatsDoor } from './nats.ts';
import { note, print, printJson } from './output.ts';

export interface WriteOptions {
  readonly wait?: boolean;
}

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
  | { readonly outcome: 'applied' | 'duplicate' | 'pending' }
  | { readonly outcome: 'rejected'; readonly reason: string; readonly detail: string };

export function withWriteOptions(command: Command): Command {
  return command
    .option('--wait', 'wait until the engine has judged the event (the default in a terminal)')
    .option('--no-wait', 'be content with its place in the ledger');
}

/** An id for an event that was given none. */
export function generatedId(): string {
  return randomUUID();
}

export function waits({ wait }: WriteOptions): boolean {
  return wait ?? process.stdout.isTTY;
}

/** Publishes, waits if so asked, prints. Throws Failure for a rejection, after it is printed. */
export async function writeToLedger(
  self: Command,
  nats: NatsDoor,
  write: LedgerWrite,
  options: WriteOptions,
): Promise<void> {
  const waiting = waits(options);
  const before = waiting ? await hashBefore(nats, write.account, options) : null;
  const { stream, sequence } = await nats.publishAcknowledged(write.subject, write.payload ?? write.message);
  const outcome =
    waiting && before !== 'away'
      ? await outcomeOf(nats, write, sequence, before)
      : ({ outcome: 'pending' } as const);
  if (wantsJson(self)) {
    const id = write.message['id'] ?? null;
    printJson({ account_id: write.account, id, subject: write.subject, stream, sequence, ...outcome });
  } else {
    print(`${write.what}: ${stream} sequence ${sequence}${told(outcome)}`);
  }
  if (outcome.outcome === 'rejected') {
    throw new Failure(`${write.what} was rejected: ${outcome.reason}: ${outcome.detail}`);
  }
  if (before === 'away') note('the engine does not answer; it will apply this when it is back');
  else if (waiting && outcome.outcome === 'pending') {
    note(`the engine has not come to it within ${limits.cliOutcomeMsMax / 1000} s`);
    process.exitCode = exitCodes.failed;
  }
}

function told(outcome: Outcome): string {
  switch (outcome.outcome) {
    case 'applied':
      return ', applied';
    case 'duplicate':
      return ', ignored: the account has this very event already';
    case 'rejected':
      return ', rejected';
    case 'pending':
      return '';
  }
}

/** The account's state hash; null for an account that is not there yet; 'away' where no engine answers. */
async function hashBefore(nats: NatsDoor, account: string, options: WriteOptions): Promise<string | null> {
  try {
    return (await inspect(nats, account))?.state_hash ?? null;
  } catch (error) {
    // Asked for in so many words, waiting must not be dropped in silence; nothing is written then.
    if (error instanceof EngineAway && options.wait !== true) return 'away';
    throw error;
  }
}

/**
 * What became of the event at `sequence`. The dead letter of a rejection may be a moment behind the account. The state
 * hash covers the ids seen: where it has not moved, the event was rejected or a duplicate, and the letter is worth a
 * longer wait; where it has, that may still have been somebody else's event.
 */
export async function outcomeOf(
  nats: NatsDoor,
  { account, message }: LedgerWrite,
  sequence: number,
  hashBefore: string | null,
): Promise<Outcome> {
  const hasId = message['id'] !== undefined;
  const deadline = performance.now() + limits.cliOutcomeMsMax;
  let seen: { readonly at: number; readonly changed: boolean } | null = null;
  while (performance.now() < deadline) {
    const letter = await readDeadLetter(nats, `LEDGER.${sequence}.0`);
    if (letter !== null) return { outcome: 'rejected', reason: letter.reason, detail: letter.detail };
    if (seen === null) {
      const now = await inspect(nats, account);
      if (now !== null && now.sequence >= sequence) {
        seen = { at: performance.now(), changed: now.state_hash !== hashBefore };
      }
    } else {
      const patienceMs = hasId && seen.changed ? limits.cliDeadLetterSoonMs : limits.cliDeadLetterMsMax;
      if (performance.now() - seen.at >= patienceMs)
        return { outcome: hasId && !seen.changed ? 'duplicate' : 'applied' };
    }
    await sleep(limits.cliPollMs);
  }
  return { outcome: 'pending' };
}
