/** One message of a stream, by its sequence or as the last or next of a subject; null where there is none. */
import { NatsError, type MsgRequest, type StoredMsg } from 'nats';
import type { Log } from '../../src/ports.ts';
import type { Link } from './connection.ts';
import { untilAnswered } from './retry.ts';
import { managerOf } from './stream-api.ts';

export type StoredQuery = MsgRequest | { readonly seq: number; readonly next_by_subj: string };

export interface AskOptions {
  readonly link: Link;
  readonly log: Log;
  /** Nobody wants the answer any more. */
  readonly isOver: () => boolean;
}

const noMessageFound = 10037;

/** Asks until the server answers. Subjects may have wildcards. */
export async function storedMessage(
  options: AskOptions,
  stream: string,
  query: StoredQuery,
): Promise<StoredMsg | null> {
  return untilAnswered({ ...options, what: `a message of ${stream}` }, async () => {
    const { streams } = await managerOf(options.link.nats);
    try {
      return await streams.getMessage(stream, query);
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.err_code === noMessageFound) return null;
      throw error;
    }
  });
}

/** A number in a header; 0 where it is missing. */
export function headerNumber(message: StoredMsg | null, name: string): number {
  return Number(message?.header.get(name) ?? 0);
}
