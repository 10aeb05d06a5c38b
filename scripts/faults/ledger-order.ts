/**
 * What LEDGER itself has of a run: where each event stands for the first time, and each account's last sequence. The
 * order of events is LEDGER's to say; what they are is not read from it.
 */
import type { NatsConnection } from 'nats';
import { readStream } from './read-stream.ts';

export interface LedgerOrder {
  /** By row of the sent log: its place in the order of the ledger, from 1; 0 where it is missing. */
  readonly placeOf: Float64Array;
  /** By account's name. */
  readonly lastSequence: ReadonlyMap<string, number>;
  readonly messages: number;
  readonly last: number;
}

/** Reads all of LEDGER; `run` is what the ids of the run begin with. */
export async function ledgerOrder(nats: NatsConnection, run: string, rows: number): Promise<LedgerOrder> {
  const placeOf = new Float64Array(rows);
  const lastSequence = new Map<string, number>();
  const ids = new RegExp(`"id":"${run}-(\\d+)"`, 'g');
  let place = 0;
  let last = 0;
  const messages = await readStream(nats, 'LEDGER', (message) => {
    last = message.seq;
    lastSequence.set(message.subject.slice(message.subject.indexOf('.') + 1), last);
    for (const [, row = ''] of Buffer.from(message.data).toString('latin1').matchAll(ids)) {
      placeOf[Number(row)] ||= ++place;
    }
  });
  return { placeOf, lastSequence, messages, last };
}
