/**
 * Acknowledged publishing to JetStream with a window of outstanding acknowledgements over one inbox subscription:
 * 137,000 messages/s where awaiting each in batches came to 26,000. What is not acknowledged in time, or was under way
 * when the connection broke, is sent again with the same `Nats-Msg-Id`; the stream drops what it has. Owns the window
 * and the repetition; knows nothing of what is published.
 */
import { createInbox, headers, type Msg, type MsgHdrs } from 'nats';
import { limits } from '../../config/limits.ts';
import type { Cancel, Clock, Log } from '../../src/ports.ts';
import type { Link } from '../sources/connection.ts';
import { isWrongRevisionCode } from '../sources/expected-revision.ts';

export interface Acknowledgement {
  readonly stream: string;
  readonly sequence: number;
  readonly isDuplicate: boolean;
}

/** The server said no, and would say so again. */
export class PublishRefused extends Error {
  readonly code: number;
  constructor(subject: string, code: number, description: string) {
    super(`${subject} was refused: ${description} (${code})`);
    this.name = 'PublishRefused';
    this.code = code;
  }
}

/** JetStream's own code for a message that is larger than its stream takes. */
const payloadTooLarge = 10054;

/** Whether somebody else's message, or an earlier attempt at this one, was the subject's last. */
export function isWrongRevision(error: unknown): boolean {
  return error instanceof PublishRefused && isWrongRevisionCode(error.code);
}

interface Pending {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  readonly resolve: (acknowledgement: Acknowledgement) => void;
  readonly reject: (error: Error) => void;
  sentAt: number;
}

interface PubAck {
  readonly stream?: string;
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description?: string };
}

export class WindowedPublisher {
  private readonly link: Link;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly inbox = createInbox();
  /** By token, in the order of their first sending. */
  private readonly pending = new Map<string, Pending>();
  private pendingBytes = 0;
  private readonly waiting: { readonly token: string; readonly each: Pending }[] = [];
  private waitingFrom = 0;
  private waitingBytes = 0;
  private next = 0;
  private readonly cancel: Cancel;
  private idle: (() => void)[] = [];
  private relieved: (() => void)[] = [];

  constructor(link: Link, clock: Clock, log: Log) {
    this.link = link;
    this.clock = clock;
    this.log = log;
    link.nats.subscribe(`${this.inbox}.*`, { callback: (_error, message) => this.receive(message) });
    link.onReconnect(() => this.sendAgain(-Infinity));
    this.cancel = clock.every(limits.publishCheckMs, () => this.sendAgain(limits.publishAckMs));
  }

  /** Messages not acknowledged yet. */
  get outstanding(): number {
    return this.pending.size + this.waiting.length - this.waitingFrom;
  }

  get outstandingBytes(): number {
    return this.pendingBytes + this.waitingBytes;
  }

  /** Whether the window is full: what is published now waits here. */
  get congested(): boolean {
    return this.waiting.length > this.waitingFrom;
  }

  /**
   * `data` must not change until the promise is settled. Rejects only with `PublishRefused`: anything else is tried
   * again for as long as it takes.
   */
  publish(
    subject: string,
    data: Uint8Array,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      const token = (this.next++).toString(36);
      const each: Pending = { subject, data, headers: headersOf(fields), resolve, reject, sentAt: 0 };
      const bytes = data.length + (each.headers === undefined ? 0 : headerBytes(fields));
      const bytesMax = this.link.nats.info?.max_payload ?? Infinity;
      if (bytes > bytesMax) {
        // The client throws at each attempt, also from a timer; the server would end the connection.
        reject(new PublishRefused(subject, payloadTooLarge, `${bytes} bytes, ${bytesMax} at most`));
        return;
      }
      if (this.hasRoom) this.send(token, each);
      else {
        this.waiting.push({ token, each });
        this.waitingBytes += data.length;
      }
    });
  }

  /** Resolves when the window has room. */
  ready(): Promise<void> {
    return this.congested ? new Promise((resolve) => this.relieved.push(resolve)) : Promise.resolve();
  }

  /** Resolves when nothing is outstanding. */
  flush(): Promise<void> {
    return this.outstanding === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  close(): void {
    this.cancel();
  }

  private get hasRoom(): boolean {
    return (
      !this.congested &&
      this.pending.size < limits.publishWindowMessages &&
      this.pendingBytes < limits.publishWindowBytes
    );
  }

  private send(token: string, each: Pending): void {
    this.pending.set(token, each);
    this.pendingBytes += each.data.length;
    this.transmit(token, each);
  }

  private transmit(token: string, each: Pending): void {
    each.sentAt = this.link.isUp ? this.clock.now() : -Infinity;
    if (!this.link.isUp) return;
    const reply = `${this.inbox}.${token}`;
    this.link.nats.publish(
      each.subject,
      each.data,
      each.headers === undefined ? { reply } : { reply, headers: each.headers },
    );
  }

  private receive(message: Msg): void {
    const token = message.subject.slice(this.inbox.length + 1);
    const each = this.pending.get(token);
    if (each === undefined) return;
    // Nobody took it, the stream is missing or JetStream is not up: again in a while.
    if (message.data.length === 0) return;
    const ack = parseAck(message);
    if (ack === null || isTransient(ack)) {
      this.log.warn(
        { subject: each.subject, error: ack?.error?.description },
        'not acknowledged, sent again',
      );
      return;
    }
    this.pending.delete(token);
    this.pendingBytes -= each.data.length;
    if (ack.error === undefined) {
      each.resolve({ stream: ack.stream ?? '', sequence: ack.seq ?? 0, isDuplicate: ack.duplicate === true });
    } else {
      const { code, err_code: reason, description } = ack.error;
      each.reject(new PublishRefused(each.subject, reason ?? code, description ?? ''));
    }
    this.advance();
  }

  /** What was sent longer ago than `ageMs` and not acknowledged. */
  private sendAgain(ageMs: number): void {
    if (!this.link.isUp) return;
    const before = this.clock.now() - ageMs;
    for (const [token, each] of this.pending) {
      // A clock that was set back would delay it by as much.
      if (each.sentAt <= before || each.sentAt > before + ageMs) this.transmit(token, each);
    }
  }

  private advance(): void {
    while (
      this.waitingFrom < this.waiting.length &&
      this.pending.size < limits.publishWindowMessages &&
      this.pendingBytes < limits.publishWindowBytes
    ) {
      const next = this.waiting[this.waitingFrom++];
      if (next === undefined) break;
      this.waitingBytes -= next.each.data.length;
      this.send(next.token, next.each);
    }
    if (this.waitingFrom === this.waiting.length) {
      this.waiting.length = this.waitingFrom = 0;
      for (const each of this.relieved.splice(0)) each();
    }
    if (this.pending.size > 0) return;
    for (const each of this.idle.splice(0)) each();
  }
}

/** Whether the server may say otherwise later: it has no leader, no room, no time. */
function isTransient(ack: PubAck): boolean {
  return ack.error !== undefined && (ack.error.code >= 500 || ack.error.code === 429);
}

function parseAck(message: Msg): PubAck | null {
  try {
    return message.json();
  } catch {
    return null;
  }
}

/** As they are sent: `NATS/1.0`, a line each, an empty one. */
function headerBytes(fields: Readonly<Record<string, string>>): number {
  let bytes = 12;
  for (const [name, value] of Object.entries(fields)) bytes += Buffer.byteLength(`${name}: ${value}\r\n`);
  return bytes;
}

function headersOf(fields: Readonly<Record<string, string>>): MsgHdrs | undefined {
  const names = Object.keys(fields);
  if (names.length === 0) return undefined;
  const made = headers();
  for (const name of names) made.set(name, fields[name] ?? '');
  return made;
}
