/** The ceiling of `pipeline.settlements`: a pull consumer of LEDGER that parses JSON and does nothing else. */
import { quietLog } from '../../src/quiet-log.ts';
import { servePart } from '../../src/load/worker.ts';
import { connectNats } from '../../streams/sources/connection.ts';
import { PullReader } from '../../streams/sources/pull-reader.ts';

export interface BareLedgerCalls {
  /** Milliseconds from the first request to the message `to`. */
  readonly read: (task: {
    readonly url: string;
    readonly from: number;
    readonly to: number;
  }) => Promise<number>;
  readonly [name: string]: (argument: never) => unknown;
}

servePart(
  () =>
    ({
      async read({ url, from, to }) {
        const link = await connectNats({ url, name: 'tidemark-bench-ledger', log: quietLog });
        const decoder = new TextDecoder();
        const startedAt = performance.now();
        let reader: PullReader | null = null;
        await new Promise<void>((resolve, reject) => {
          reader = new PullReader({
            link,
            log: quietLog,
            stream: 'LEDGER',
            take: (message, sequence) => {
              JSON.parse(decoder.decode(message.data));
              reader?.done(1);
              if (sequence === to) resolve();
            },
          });
          reader.open(from).catch(reject);
        });
        const spent = performance.now() - startedAt;
        await (reader as PullReader | null)?.close();
        await link.close();
        return spent;
      },
    }) satisfies BareLedgerCalls,
);
