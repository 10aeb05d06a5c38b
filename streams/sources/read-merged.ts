/**
 * Reads what a stream holds now of several subjects, once, in the order of the stream: a reader for each, merged, since
 * a consumer of nats-server 2.9 has one filter, and that one must lie within one of the stream's subjects. Bounded: each
 * reader has a window of its own.
 */
import type { Msg } from 'nats';
import { lastStored } from './last-stored.ts';
import { PullReader } from './pull-reader.ts';
import type { AskOptions } from './stored-message.ts';

export interface ReadMergedOptions extends AskOptions {
  readonly stream: string;
  readonly subjects: readonly string[];
  /** The last stream sequence that is wanted. */
  readonly through: number;
  /** What it throws, the reading rejects with. */
  readonly take: (message: Msg, sequence: number, time: number) => void;
}

interface Lane {
  readonly reader: PullReader;
  readonly waiting: { readonly message: Msg; readonly sequence: number; readonly time: number }[];
  isComplete: boolean;
}

/** From the stream's beginning. Resolves when all that is wanted was given. */
export async function readMerged(options: ReadMergedOptions): Promise<void> {
  const { link, log, stream, subjects, through, take } = options;
  const lanes: Lane[] = [];
  let isOver = false;
  let settle: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  const given = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));

  for (const subject of subjects) {
    const last = await lastStored(options, stream, subject);
    if (last > 0) lanes.push(laneOf(subject, last));
  }
  if (lanes.length === 0) return;
  try {
    await Promise.race([given, Promise.all(lanes.map(({ reader }) => reader.open(1))).then(() => given)]);
  } finally {
    isOver = true;
    await Promise.all(lanes.map(({ reader }) => reader.close()));
  }

  function laneOf(subject: string, last: number): Lane {
    const lane: Lane = {
      waiting: [],
      isComplete: false,
      reader: new PullReader({
        link,
        log,
        stream,
        filter: subject,
        take: (message, sequence, time, pending) => {
          if (isOver || lane.isComplete) return;
          if (sequence <= through) lane.waiting.push({ message, sequence, time });
          // Nothing behind it: what was the last one when we asked was deleted since.
          if (sequence >= last || sequence >= through || pending === 0) lane.isComplete = true;
          merge();
        },
      }),
    };
    return lane;
  }

  /** Gives what nothing can come before any more. */
  function merge(): void {
    try {
      while (lanes.every(({ waiting, isComplete }) => waiting.length > 0 || isComplete)) {
        const [next] = lanes
          .filter(({ waiting }) => waiting.length > 0)
          .sort((a, b) => headOf(a) - headOf(b));
        const head = next?.waiting.shift();
        if (next === undefined || head === undefined) {
          settle?.resolve();
          return;
        }
        take(head.message, head.sequence, head.time);
        next.reader.done(1);
      }
    } catch (error) {
      isOver = true;
      settle?.reject(error);
    }
  }
}

function headOf({ waiting }: Lane): number {
  return waiting[0]?.sequence ?? Infinity;
}
