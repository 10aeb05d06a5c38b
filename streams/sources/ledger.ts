/** The stream LEDGER as decoded messages, in order, in batches no larger than the window. */
import type { LedgerMessage } from '../../src/domain/ledger-event.ts';
import type { LedgerBounds, LedgerSource, Log } from '../../src/ports.ts';
import type { LedgerDecoder } from '../codec/ledger-message.ts';
import type { Link } from './connection.ts';
import { lastStored } from './last-stored.ts';
import { subjectBytes } from './message-bytes.ts';
import { PullReader } from './pull-reader.ts';
import { readMerged } from './read-merged.ts';
import { untilAnswered } from './retry.ts';
import type { AskOptions } from './stored-message.ts';
import { ledgerStream } from './stream-definitions.ts';
import { managerOf, streamBounds } from './stream-api.ts';

type Apply = (batch: readonly LedgerMessage[]) => Promise<void> | void;

export class NatsLedgerSource implements LedgerSource {
  private readonly link: Link;
  private readonly decoder: LedgerDecoder;
  private readonly log: Log;
  private readonly reader: PullReader;
  private apply: Apply = () => undefined;
  private waiting: LedgerMessage[] = [];
  private isApplying = false;
  private isClosed = false;

  constructor(link: Link, decoder: LedgerDecoder, log: Log) {
    this.link = link;
    this.decoder = decoder;
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

  get lag(): number {
    return this.reader.lag;
  }

  async lastSequence(): Promise<number> {
    const { last, deleted } = await this.untilAnswered(() => streamBounds(this.link.nats, ledgerStream));
    // Somebody may have deleted the last one, which then never comes.
    return deleted === 0 ? last : lastStored(this.asking(), ledgerStream, '>');
  }

  async bounds(): Promise<LedgerBounds> {
    const { created, state } = await this.untilAnswered(async () =>
      (await managerOf(this.link.nats)).streams.info(ledgerStream),
    );
    return { created, first: Math.max(1, state.first_seq), last: state.last_seq };
  }

  /** From the stream's beginning: throws LostMessages where that is no longer there. */
  async ofAccount(account: string, through: number, take: (message: LedgerMessage) => void): Promise<void> {
    const { link, log } = this;
    await readMerged({
      link,
      log,
      isOver: () => this.isClosed,
      stream: ledgerStream,
      subjects: ['settlements', 'cash', 'accounts'].map((kind) => `${kind}.${account}`),
      through,
      take: (message, sequence, time) =>
        take(this.decoder.decode(subjectBytes(message), message.data, sequence, time)),
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.reader.close();
  }

  private untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    return untilAnswered({ ...this.asking(), what: 'what LEDGER holds' }, ask);
  }

  private asking(): AskOptions {
    return { link: this.link, log: this.log, isOver: () => this.isClosed };
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
