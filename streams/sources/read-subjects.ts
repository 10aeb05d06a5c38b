/**
 * Reads what a stream holds now of some subjects, in order, once: a bounded window of messages under way, nothing lost
 * or twice across reconnects. Knows where to stop; nothing of what messages mean.
 */
import type { Msg } from 'nats';
import { lastStored } from './last-stored.ts';
import { PullReader } from './pull-reader.ts';
import type { AskOptions } from './stored-message.ts';

export interface ReadSubjectsOptions extends AskOptions {
  readonly stream: string;
  /** One subject, which may have wildcards. */
  readonly subjects: string;
  /** Stream sequences: the first one that is wanted, and the last. */
  readonly from: number;
  readonly through?: number;
  /** The server removes messages, old or replaced ones, also while they are read: what is gone is no error here. */
  readonly isTrimmed?: boolean;
  /** The message is valid during the call. What it throws, the reading rejects with. */
  readonly take: (message: Msg, sequence: number, time: number) => void;
}

/** Resolves when all that is there was given. */
export async function readSubjects(options: ReadSubjectsOptions): Promise<void> {
  const { link, log, stream, subjects, from, through = Infinity, isTrimmed = false, take } = options;
  const last = await lastStored(options, stream, subjects);
  if (last < from) return;
  await new Promise<void>((resolve, reject) => {
    let isOver = false;
    const reader = new PullReader({
      link,
      log,
      stream,
      filter: subjects,
      keepsLastOnly: isTrimmed,
      take: (message, sequence, time, pending) => {
        if (isOver) return;
        try {
          if (sequence <= through) take(message, sequence, time);
          // Nothing behind it: what was the last one when we asked was deleted or replaced since.
          if (sequence >= last || sequence >= through || pending === 0) end(resolve);
          else reader.done(1);
        } catch (error) {
          end(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      },
    });
    function end(then: () => void): void {
      isOver = true;
      reader.close().then(then, reject);
    }
    reader.open(from).catch(reject);
  });
}
