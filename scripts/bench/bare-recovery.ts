/**
 * The ceiling of `recovery`: plain pull consumers of all messages that a recovery reads, one stream after the other,
 * which touch the bytes and do nothing else.
 */
import { quietLog } from '../../src/quiet-log.ts';
import { servePart } from '../../src/load/worker.ts';
import { decodeCheckpoint } from '../../streams/codec/checkpoint.ts';
import { accountsStream, ChangelogKeys } from '../../streams/sources/changelog-keys.ts';
import { connectNats } from '../../streams/sources/connection.ts';
import { readSubjects } from '../../streams/sources/read-subjects.ts';
import { storedMessage } from '../../streams/sources/stored-message.ts';
import { effectsStream, framesStream, ledgerStream } from '../../streams/sources/stream-definitions.ts';

export interface BareRead {
  readonly ms: number;
  /** Processor time, of all threads. */
  readonly processorMs: number;
  readonly messages: number;
  readonly bytes: number;
}

export interface BareRecoveryCalls {
  readonly read: (url: string) => Promise<BareRead>;
  readonly [name: string]: (argument: never) => unknown;
}

/** Of the memory that is read, at least a byte of each line of the cache. */
const lineBytes = 64;

servePart(
  () =>
    ({
      async read(url) {
        const link = await connectNats({ url, name: 'tidemark-bench-recovery', log: quietLog });
        const ask = { link, log: quietLog, isOver: () => false };
        const startedAt = performance.now();
        const before = process.cpuUsage();
        const last = await storedMessage(ask, accountsStream, {
          last_by_subj: new ChangelogKeys(0).checkpoint,
        });
        if (last === null) throw new Error('there is no checkpoint');
        const { sequence, effectsFrom, framesFrom } = decodeCheckpoint(last.data);
        let messages = 0;
        let bytes = 0;
        let sum = 0;
        const read = (stream: string, from: number): Promise<void> =>
          readSubjects({
            ...ask,
            stream,
            subjects: '>',
            from,
            isTrimmed: true,
            take: ({ data }) => {
              messages++;
              bytes += data.length;
              for (let at = 0; at < data.length; at += lineBytes) sum += data[at] ?? 0;
            },
          });
        await read(accountsStream, 1);
        await read(effectsStream, effectsFrom);
        await read(framesStream, framesFrom);
        await read(ledgerStream, sequence + 1);
        const ms = performance.now() - startedAt;
        const { user, system } = process.cpuUsage(before);
        await link.close();
        if (Number.isNaN(sum)) throw new Error('bytes are missing');
        return { ms, processorMs: (user + system) / 1000, messages, bytes };
      },
    }) satisfies BareRecoveryCalls,
);
