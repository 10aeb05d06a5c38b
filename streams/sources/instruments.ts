/**
 * Reference data of instruments: what the bucket INSTRUMENTS holds, each change of it, and `instruments.<symbol>`,
 * which is written into the bucket and comes back from there, so that there is one order of changes.
 */
import type { KV, Msg, Subscription } from 'nats';
import { limits } from '../../config/limits.ts';
import { keySymbol, symbolKey, tokenSymbol } from '../../src/domain/identifier.ts';
import type { InstrumentFields } from '../../src/domain/instrument.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import type { Clock, InstrumentSource, Log, Refuse } from '../../src/ports.ts';
import { readInstrument } from '../codec/instrument-message.ts';
import type { Link } from './connection.ts';
import { coreLetter } from './core-letter.ts';
import { PullReader } from './pull-reader.ts';
import { untilAnswered } from './retry.ts';
import { managerOf } from './stream-api.ts';
import { instrumentsBucket } from './stream-definitions.ts';

type Change = (symbol: string, fields: InstrumentFields) => void;

/** The stream under the bucket, and how its subjects begin. */
const bucketStream = `KV_${instrumentsBucket}`;
const keyStart = `$KV.${instrumentsBucket}.`.length;
const noSymbol = rejected('malformed', 'subject');

export interface InstrumentSourceOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
}

export class NatsInstrumentSource implements InstrumentSource {
  private readonly link: Link;
  private readonly clock: Clock;
  private readonly log: Log;
  private bucket: KV | null = null;
  private reader: PullReader | null = null;
  private subscription: Subscription | null = null;
  private isClosed = false;

  constructor({ link, clock, log }: InstrumentSourceOptions) {
    this.link = link;
    this.clock = clock;
    this.log = log;
  }

  /** Resolves when everything that the bucket holds was told. */
  async open(change: Change, refuse: Refuse): Promise<void> {
    const { nats } = this.link;
    this.bucket = await nats
      .jetstream({ timeout: limits.natsApiMsMax })
      .views.kv(instrumentsBucket, { history: 1 });
    const { state } = await (await managerOf(nats)).streams.info(bucketStream);
    await this.follow(change, refuse, state.messages > 0);
    this.subscription = nats.subscribe('instruments.>', {
      callback: (_error, message) => void this.write(message, refuse),
    });
    await nats.flush();
  }

  async lookup(symbol: string): Promise<InstrumentFields | null> {
    const { link, log } = this;
    const options = { link, log, what: `the instrument ${symbol}`, isOver: () => this.isClosed };
    const entry = await untilAnswered(options, async () => this.bucket?.get(symbolKey(symbol)));
    if (!entry || entry.operation !== 'PUT') return null;
    const read = readInstrument(entry.value);
    return read.kind === 'rejected' ? null : read.fields;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.subscription?.unsubscribe();
    await this.reader?.close();
  }

  private async follow(change: Change, refuse: Refuse, holdsSome: boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const reader = new PullReader({
        link: this.link,
        log: this.log,
        stream: bucketStream,
        keepsLastOnly: true,
        take: (message, sequence, time, pending) => {
          this.tell(message, sequence, time, change, refuse);
          reader.done(1);
          if (pending === 0) resolve();
        },
      });
      this.reader = reader;
      reader.open(1).then(() => {
        if (!holdsSome) resolve();
      }, reject);
    });
  }

  private tell(message: Msg, sequence: number, time: number, change: Change, refuse: Refuse): void {
    const symbol = keySymbol(message.subject.slice(keyStart));
    // A key that was deleted leaves the defaults.
    const isDeleted = (message.headers?.get('KV-Operation') ?? '') !== '';
    const read: ReturnType<typeof readInstrument> = isDeleted
      ? { kind: 'instrument', fields: {} }
      : readInstrument(message.data);
    const why: Rejected | null = symbol === null ? noSymbol : read.kind === 'rejected' ? read : null;
    if (symbol !== null && read.kind === 'instrument') change(symbol, read.fields);
    if (why === null) return;
    const { reason, detail } = why;
    const { subject, data: payload } = message;
    refuse({
      stream: bucketStream,
      sequence,
      index: 0,
      subject,
      account: '_',
      reason,
      detail,
      time,
      payload,
    });
  }

  private async write(message: Msg, refuse: Refuse): Promise<void> {
    const token = message.subject.slice(message.subject.indexOf('.') + 1);
    const symbol = token.includes('.') ? null : tokenSymbol(token);
    const read = symbol === null ? noSymbol : readInstrument(message.data);
    if (symbol === null || read.kind === 'rejected') {
      const why = read.kind === 'rejected' ? read : noSymbol;
      refuse(coreLetter(message, 0, why, this.clock.now()));
      return;
    }
    try {
      await this.bucket?.put(symbolKey(symbol), JSON.stringify(read.fields));
    } catch (error) {
      this.log.warn(
        { symbol, error: String(error) },
        'INSTRUMENTS could not be written: the sender must repeat it',
      );
    }
  }
}
