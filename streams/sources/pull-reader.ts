/**
 * Reads a stream in order from a sequence on, through a pull consumer of its own: never more under way than the
 * window, nothing lost and nothing twice across reconnects, restarts of the server and lost consumers. Owns demand,
 * the check of sequences and the re-opening; knows nothing of what messages mean.
 *
 * Why not the client's consumers: the ordered one has no back-pressure, and the others make an object with headers
 * and a parsed reply of every message, several times the cost of what is done with it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createInbox, DeliverPolicy, nanos, nuid, type Msg, type Subscription } from 'nats';
import { limits } from '../../config/limits.ts';
import type { Cancel, Log } from '../../src/ports.ts';
import type { Link } from './connection.ts';
import { DeliveryReader } from './delivery.ts';
import { replyBytes } from './message-bytes.ts';
import { readOnly } from './stream-definitions.ts';
import { createConsumer, deleteConsumer, streamBounds } from './stream-api.ts';

export interface PullReaderOptions {
  readonly link: Link;
  readonly log: Log;
  readonly stream: string;
  /** Called for each message, in order; must not throw. `pending`: messages of the stream behind it, at its delivery. */
  readonly take: (message: Msg, sequence: number, time: number, pending: number) => void;
  /** The stream keeps the last message of each subject only: gaps say nothing, and a new beginning is followed. */
  readonly keepsLastOnly?: boolean;
  /** Only messages of these subjects: gaps in the stream say nothing. */
  readonly filter?: string;
}

const statusHeartbeat = 100;
/** Of a nuid: the part that counts up from a random start. A name that is taken is refused, and another one tried. */
const nameLength = 10;
const encoder = new TextEncoder();

/** The stream no longer has what was in it: nothing read from it would be true. */
export class LostMessages extends Error {
  constructor(stream: string, where: string, first: number, last: number) {
    super(`the stream ${stream} ${where}: its messages ${first} to ${last} are lost`);
    this.name = 'LostMessages';
  }
}

/** For good: nothing more will be read. */
export class ConnectionClosed extends Error {
  constructor(stream: string) {
    super(`the connection that ${stream} is read by was closed`);
    this.name = 'ConnectionClosed';
  }
}

export class PullReader {
  private readonly link: Link;
  private readonly log: Log;
  private readonly stream: string;
  private readonly take: PullReaderOptions['take'];
  private readonly keepsLastOnly: boolean;
  private readonly filter: string | undefined;
  private delivery = new DeliveryReader();
  /** The stream sequence that is expected next. */
  private next = 1;
  private consumerSequence = 0;
  private consumer = '';
  private inbox = '';
  private subscription: Subscription | null = null;
  /** Messages that were asked for and have not come yet. */
  private requested = 0;
  /** Messages that were handed out and not yet given back by `done`. */
  private held = 0;
  /** Messages that the server had beyond the last one delivered, then. */
  private pending = 0;
  private isOpen = false;
  private reopening: Promise<void> | null = null;
  private isStale = false;
  private disturb: () => void = () => undefined;
  private silentChecks = 0;
  private readonly forgetLink: Cancel;
  private watch: NodeJS.Timeout | null = null;

  constructor({ link, log, stream, take, keepsLastOnly = false, filter }: PullReaderOptions) {
    this.link = link;
    this.log = log;
    this.stream = stream;
    this.take = take;
    this.keepsLastOnly = keepsLastOnly;
    this.filter = filter;
    this.forgetLink = link.onReconnect(() => void this.reopen('reconnected'));
  }

  /** Starts at a stream sequence. Throws where the stream no longer has it, or never had what came before. */
  async open(from: number): Promise<void> {
    this.next = from;
    this.isOpen = true;
    this.watch = setInterval(() => this.checkSilence(), limits.ledgerHeartbeatMs * 2);
    this.watch.unref();
    await this.reopen('opened');
  }

  /** `count` messages that were taken are dealt with: as many may be asked for. */
  done(count: number): void {
    this.held -= count;
    this.request();
  }

  /** Messages that are not dealt with, as of the last delivery. */
  get lag(): number {
    return this.held + this.pending;
  }

  async close(): Promise<void> {
    this.isOpen = false;
    this.forgetLink();
    if (this.watch !== null) clearInterval(this.watch);
    await this.reopening;
    this.subscription?.unsubscribe();
    if (this.link.isUp) await deleteConsumer(this.link.nats, this.stream, this.consumer);
  }

  private async check(): Promise<void> {
    const { first, last } = await streamBounds(this.link.nats, this.stream);
    if (this.keepsLastOnly) {
      if (last < this.next - 1) this.next = 1;
      return;
    }
    if (first > this.next) throw new LostMessages(this.stream, `begins at ${first}`, this.next, first - 1);
    if (last < this.next - 1) throw new LostMessages(this.stream, `ends at ${last}`, last + 1, this.next - 1);
  }

  /** A new consumer at the next sequence. What the old one still sends goes to an inbox nobody listens to. */
  private reopen(why: string): Promise<void> {
    if (!this.isOpen) return Promise.resolve();
    this.isStale = true;
    this.disturb();
    // A lost ledger, or connection, rejects this promise, which ends the process: going on would be worse.
    return (this.reopening ??= this.reopenUntilFresh(why).finally(() => (this.reopening = null)));
  }

  private async reopenUntilFresh(why: string): Promise<void> {
    let wait: number = limits.natsRetryMsMin;
    while (this.isOpen && this.isStale) {
      // Its owner closes the reader first: this was somebody else, and no reconnect will come.
      if (this.link.nats.isClosed()) throw new ConnectionClosed(this.stream);
      this.isStale = false;
      this.subscription?.unsubscribe();
      this.subscription = null;
      this.requested = 0;
      const disturbed = new Promise<never>((_, reject) => {
        this.disturb = () => reject(new Error('disturbed'));
      });
      try {
        // Orphans of an attempt that was disturbed are removed by the server when nobody asks for them.
        const name = await Promise.race([this.createConsumer(), disturbed]);
        if (this.consumer !== '') void deleteConsumer(this.link.nats, this.stream, this.consumer);
        this.listen(name);
        this.log.debug({ stream: this.stream, why, from: this.next }, 'consumer opened');
      } catch (error) {
        if (error instanceof LostMessages) throw error;
        this.log.warn({ stream: this.stream, why, error: String(error) }, 'consumer not opened yet');
        this.isStale = true;
        await delay(wait);
        wait = Math.min(wait * 2, limits.natsRetryMsMax);
      } finally {
        this.disturb = () => undefined;
        disturbed.catch(() => undefined);
      }
    }
  }

  private async createConsumer(): Promise<string> {
    // Short, since it stands in every delivery and the client reads it byte by byte.
    const name = `t${nuid.next().slice(-nameLength)}`;
    await this.check();
    await createConsumer(this.link.nats, this.stream, {
      ...readOnly,
      ...(this.filter === undefined ? {} : { filter_subject: this.filter }),
      name,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.next,
      inactive_threshold: nanos(limits.consumerIdleMsMax),
      mem_storage: true,
    });
    return name;
  }

  private listen(consumer: string): void {
    const inbox = createInbox();
    this.consumer = consumer;
    this.consumerSequence = 0;
    this.delivery = new DeliveryReader();
    this.inbox = inbox;
    this.subscription = this.link.nats.subscribe(inbox, {
      callback: (_error, message) => {
        if (inbox === this.inbox) this.receive(message);
      },
    });
    this.request();
  }

  private receive(message: Msg): void {
    this.silentChecks = 0;
    const delivery = this.delivery;
    if (!delivery.read(replyBytes(message))) {
      this.receiveStatus(message);
      return;
    }
    if (delivery.consumerSequence !== this.consumerSequence + 1) {
      void this.reopen(`delivery ${delivery.consumerSequence} after ${this.consumerSequence}`);
      return;
    }
    this.consumerSequence++;
    this.requested--;
    const sequence = delivery.streamSequence;
    if (sequence < this.next) return;
    // Deliveries without a gap, but not the next sequence: messages were deleted from the stream.
    if (sequence > this.next && !this.keepsLastOnly && this.filter === undefined) {
      this.log.warn({ stream: this.stream, from: this.next, to: sequence }, 'deleted messages');
    }
    this.next = sequence + 1;
    this.pending = delivery.pending;
    this.held++;
    this.take(message, sequence, delivery.time, delivery.pending);
    if (this.requested <= 0) this.request();
  }

  private receiveStatus(message: Msg): void {
    const code = message.headers?.code ?? 0;
    if (code === statusHeartbeat) return;
    const unsent = Number(message.headers?.get('Nats-Pending-Messages') ?? '');
    const isEndOfRequest = code === 404 || code === 408 || (code === 409 && unsent > 0);
    if (!isEndOfRequest) {
      void this.reopen(`status ${code} ${message.headers?.description ?? ''}`);
      return;
    }
    this.requested = unsent > 0 ? Math.max(0, this.requested - unsent) : 0;
    this.request();
  }

  /** Asks for as many as the window has room for, once it is worth a request. */
  private request(): void {
    if (!this.isOpen || this.subscription === null || !this.link.isUp) return;
    const room = limits.ledgerWindowMessages - this.held - this.requested;
    if (room < limits.ledgerWindowMessages / 2) return;
    this.requested += room;
    const request = {
      batch: room,
      max_bytes: Math.max(limits.ledgerWindowBytes, 2 * (this.link.nats.info?.max_payload ?? 0)),
      expires: nanos(limits.ledgerRequestMs),
      idle_heartbeat: nanos(limits.ledgerHeartbeatMs),
    };
    this.link.nats.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${this.stream}.${this.consumer}`,
      encoder.encode(JSON.stringify(request)),
      { reply: this.inbox },
    );
  }

  /** Twice no heartbeat while something was asked for: the consumer or its server is gone without a word. */
  private checkSilence(): void {
    if (this.link.nats.isClosed()) void this.reopen('closed');
    if (!this.link.isUp) return;
    // What could not be asked for while the link was down for a moment.
    if (this.requested === 0) {
      this.request();
      return;
    }
    this.silentChecks++;
    if (this.silentChecks > 2) {
      this.silentChecks = 0;
      void this.reopen('silence');
    }
  }
}
