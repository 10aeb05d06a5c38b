/**
 * Writing one event to LEDGER and saying what became of it: acknowledged at which sequence, then applied, ignored as a
 * duplicate, or rejected and why. Knows no kind of event.
 */
import type { Command } from 'commander';
import { limits } from '../../config/limits.ts';
import { inspect } from '../client/account-reply.ts';
import { outcomeOf, type LedgerWrite, type Outcome } from '../client/ledger-outcome.ts';
import { EngineAway, type NatsDoor } from '../client/nats.ts';
import { exitCodes, Failure, wantsJson } from './context.ts';
import { note, print, printJson } from './output.ts';

export interface WriteOptions {
  readonly wait?: boolean;
}

export function withWriteOptions(command: Command): Command {
  return command
    .option('--wait', 'wait until the engine has judged the event (the default in a terminal)')
    .option('--no-wait', 'be content with its place in the ledger');
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
  const isAway = waiting && !(await answers(nats, write.account, options));
  const { stream, sequence } = await nats.publishAcknowledged(write.subject, write.payload ?? write.message);
  const outcome =
    waiting && !isAway
      ? (await outcomeOf(nats, write.account, sequence)).outcome
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
  if (isAway) note('the engine does not answer; it will apply this when it is back');
  else if (waiting && outcome.outcome === 'pending') {
    note(`the engine has not come to it within ${limits.clientOutcomeMsMax / 1000} s`);
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
    case 'waiting':
      return ', waits for the event that it voids';
    case 'pending':
      return '';
  }
}

/** Whether an engine answers. */
async function answers(nats: NatsDoor, account: string, options: WriteOptions): Promise<boolean> {
  try {
    await inspect(nats, account);
    return true;
  } catch (error) {
    // Asked for in so many words, waiting must not be dropped in silence; nothing is written then.
    if (error instanceof EngineAway && options.wait !== true) return false;
    throw error;
  }
}
