/**
 * LEDGER, or one account's part of it, read once from one sequence through another, in order, never more than a bounded
 * number of messages ahead of who applies them. An account's part is merged of its three subjects, each with a reader,
 * since a consumer of nats-server 2.9 has one filter, within one of the stream's subjects. Knows no event.
 */
import { limits } from '../../../config/limits.ts';
import type { LedgerDecoder } from '../../../streams/codec/ledger-message.ts';
import { PullReader } from '../../../streams/sources/pull-reader.ts';
import { subjectBytes } from '../../../streams/sources/message-bytes.ts';
import { ledgerStream } from '../../../streams/sources/stream-definitions.ts';
import type { LedgerMessage } from '../../domain/ledger-event.ts';
import { quietLog } from '../../quiet-log.ts';
import type { NatsDoor } from '../../client/nats.ts';

export interface LedgerRange {
  /** null: of all accounts. */
  readonly account: string | null;
  /** LEDGER sequences, both inclusive. */
  readonly from: number;
  readonly through: number;
}

interface Lane {
  readonly reader: PullReader;
  /** Taken and not yet applied, in order. */
  waiting: LedgerMessage[];
  isComplete: boolean;
}

/** Resolves when everything in the range has been applied. Throws where LEDGER no longer has what was in it. */
export async function readLedger(
  nats: NatsDoor,
  decoder: LedgerDecoder,
  range: LedgerRange,
  apply: (batch: readonly LedgerMessage[]) => Promise<void>,
): Promise<void> {
  let wake: () => void = () => undefined;
  const lanes: Lane[] = [];
  for (const subject of subjectsOf(range.account)) {
    const last = Math.min(await lastOf(nats, subject), range.through);
    if (last >= range.from) lanes.push(laneOf(nats, decoder, subject, last, () => wake()));
  }
  const read = async (): Promise<void> => {
    await Promise.all(lanes.map(({ reader }) => reader.open(range.from)));
    while (lanes.some(({ waiting, isComplete }) => waiting.length > 0 || !isComplete)) {
      // What lies in one lane may stand before what has not come in another.
      while (lanes.some(({ waiting, isComplete }) => waiting.length === 0 && !isComplete)) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
      await applyWaiting(lanes, apply);
    }
  };
  try {
    await nats.whileConnected(read());
  } finally {
    if (!nats.isClosed) await Promise.all(lanes.map(({ reader }) => reader.close()));
  }
}

function laneOf(
  nats: NatsDoor,
  decoder: LedgerDecoder,
  filter: string | null,
  last: number,
  wake: () => void,
): Lane {
  const lane: Lane = {
    waiting: [],
    isComplete: false,
    reader: new PullReader({
      link: nats.link,
      log: quietLog,
      stream: ledgerStream,
      ...(filter === null ? {} : { filter }),
      take: (message, sequence, time, pending) => {
        if (lane.isComplete) return;
        if (sequence <= last)
          lane.waiting.push(decoder.decode(subjectBytes(message), message.data, sequence, time));
        lane.isComplete = sequence >= last || pending === 0;
        wake();
      },
    }),
  };
  return lane;
}

/** Applies what nothing can come before any more: all that waits, up to the end of the lane that ends first. */
async function applyWaiting(
  lanes: readonly Lane[],
  apply: (batch: readonly LedgerMessage[]) => Promise<void>,
): Promise<void> {
  const ends = lanes
    .filter(({ isComplete }) => !isComplete)
    .map(({ waiting }) => waiting.at(-1)?.sequence ?? 0);
  const end = Math.min(...ends);
  const ready: LedgerMessage[] = [];
  const counts = lanes.map((lane) => {
    const from = lane.waiting.findIndex(({ sequence }) => sequence > end);
    const taken = lane.waiting.splice(0, from < 0 ? lane.waiting.length : from);
    ready.push(...taken);
    return taken.length;
  });
  if (lanes.length > 1) ready.sort((a, b) => a.sequence - b.sequence);
  for (let i = 0; i < ready.length; i += limits.rebuildBatchMessages) {
    await apply(ready.slice(i, i + limits.rebuildBatchMessages));
  }
  lanes.forEach(({ reader }, i) => {
    reader.done(counts[i] ?? 0);
  });
}

function subjectsOf(account: string | null): readonly (string | null)[] {
  return account === null ? [null] : ['settlements', 'cash', 'accounts'].map((kind) => `${kind}.${account}`);
}

/** Sequence of the last message; 0 where there is none. */
async function lastOf(nats: NatsDoor, subject: string | null): Promise<number> {
  if (subject === null) return (await nats.range(ledgerStream))?.last ?? 0;
  return (await nats.message(ledgerStream, { last_by_subj: subject }))?.sequence ?? 0;
}
