/** The stream LEDGER as decoded messages, in order, in batches no larger than the window. */
import type { LedgerMessage } from '../../src/domain/ledger-event.ts';
import type { LedgerSource, Log } from '../../src/ports.ts';
import type { LedgerDecoder } from '../codec/ledger-message.ts';
import type { Link } from './connection.ts';
import { subjectBytes } from './message-bytes.ts';
import { PullReader } from './pull-reader.ts';
import { untilAnswered } from './retry.ts';
import { ledgerStream } from './stream-definitions.ts';
import { streamBounds } from './stream-api.ts';

type Apply = (batch: readonly LedgerMessage[]) => Promise<void> | void;

export class NatsLedgerSource implements LedgerSource {
  private readonly link: Link;
  private readonly log: Log;
  private readonly reader: PullReader;
  private apply: Apply = () => undefined;
  private waiting: LedgerMessage[] = [];
  private isApplying = false;
  private isClosed = false;

  constructor(link: Link, decoder: LedgerDecoder, log: Log) {
    this.link = link;
    this.log = log;
    this.reader = new PullReader({
      link,
      log,
      stream: ledgerStream,
      take: (message, sequence, time) => {
        this.waiting.push(decoder.decode(subjectBytes(message), message.data, sequence, time));
        if (this.waiting.length > 1 || this.isApplying) return;
        // After the rest of what the socket has brought: one batch of it.
        this.isApplying = true;
        queueMicrotask(() => void this.applyWaiting());
      },
    });
  }

  async open(from: number, apply: Apply): Promise<void> {
    this.apply = apply;
    await this.reader.open(from);
  }

  async lastSequence(): Promise<number> {
    const { link, log } = this;
    const options = { link, log, what: 'the last sequence of LEDGER', isOver: () => this.isClosed };
    return (await untilAnswered(options, () => streamBounds(link.nats, ledgerStream))).last;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.reader.close();
  }

  /** An `apply` that throws ends the process: what it left half done must not be built upon. */
  private async applyWaiting(): Promise<void> {
    while (this.waiting.length > 0 && !this.isClosed) {
      const batch = this.waiting;
      this.waiting = [];
      await this.apply(batch);
      this.reader.done(batch.length);
    }
    this.isApplying = false;
  }
}
