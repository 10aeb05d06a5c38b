/**
 * What LEDGER itself has of a run: where each event stands for the first time, and each account's last sequence. The
 * order of events is LEDGER's to say; what they are is not read from it.
 */
import { quietLog } from '../../src/quiet-log.ts';
import { connectNats } from '../../streams/sources/connection.ts';
import { PullReader } from '../../streams/sources/pull-reader.ts';
import { streamBounds } from '../../streams/sources/stream-api.ts';

export interface LedgerOrder {
  /** By row of the sent log: its place in the order of the ledger, from 1; 0 where it is missing. */
  readonly placeOf: Float64Array;
  /** By account's name. */
  readonly lastSequence: ReadonlyMap<string, number>;
  readonly messages: number;
  readonly last: number;
}

/** Reads all of LEDGER, in which nobody writes any more; `run` is what the ids of the run begin with. */
export async function ledgerOrder(url: string, run: string, rows: number): Promise<LedgerOrder> {
  const placeOf = new Float64Array(rows);
  const lastSequence = new Map<string, number>();
  const ids = new RegExp(`"id":"${run}-(\\d+)"`, 'g');
  let place = 0;
  const link = await connectNats({ url, name: 'faults-order', log: quietLog });
  const { last } = await streamBounds(link.nats, 'LEDGER');
  await new Promise<void>((resolve, reject) => {
    const reader = new PullReader({
      link,
      log: quietLog,
      stream: 'LEDGER',
      take: ({ subject, data }, sequence) => {
        lastSequence.set(subject.slice(subject.indexOf('.') + 1), sequence);
        const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
        for (const [, row = ''] of text.matchAll(ids)) {
          placeOf[Number(row)] ||= ++place;
        }
        if (sequence < last) reader.done(1);
        else reader.close().then(resolve, reject);
      },
    });
    reader.open(1).catch(reject);
  });
  await link.close();
  return { placeOf, lastSequence, messages: last, last };
}
