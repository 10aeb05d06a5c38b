/**
 * Subscriptions whose messages are read where they lie in the socket's buffer: no object a message, no walk of the
 * client's state machine over every byte, which together cost more than everything that is done with a price.
 *
 * It stands before the parser of nats.js, which is not public: complete messages of hot subscriptions are handed out
 * directly, everything else goes to the client's parser, an operation at a time. Where the client is built otherwise
 * than expected nothing is put in, and the messages come by the client's way. A property test holds the two together.
 */
import type { Msg, NatsConnection } from 'nats';
import { replyBytes, subjectBytes } from './message-bytes.ts';

/** A message within `bytes`, which are the socket's: who keeps a part of them keeps all of it alive. */
export interface HotMessage {
  bytes: Uint8Array;
  subjectStart: number;
  subjectEnd: number;
  /** Start and end are equal where there is no reply subject. */
  replyStart: number;
  replyEnd: number;
  /** Behind the headers, if there are any. */
  dataStart: number;
  dataEnd: number;
}

/** Given a message that is reused for the next one; must not throw. */
export type TakeHot = (message: HotMessage) => void;

export interface HotSubscription {
  unsubscribe(): void;
}

interface ClientParser {
  /** 0 between operations. */
  readonly state: number;
  parse(bytes: Uint8Array): void;
}

interface Client {
  protocol?: { parser?: Partial<ClientParser> };
}

const space = 32;
const cr = 13;
const lf = 10;
const upperH = 72;
const digitZero = 48;
const digitNine = 57;
const upperM = 77;
/** Of a message whose end has not come yet: what is known to be missing is more than what is there. */
const incomplete = -1;

const readers = new WeakMap<NatsConnection, HotReader>();

/**
 * Subscribes. `other` is given what has no reply subject but headers, the server's word about a request; without it,
 * such messages are taken like any.
 */
export function subscribeHot(
  nats: NatsConnection,
  subject: string,
  take: TakeHot,
  other?: (message: Msg) => void,
): HotSubscription {
  const reader = readerOf(nats);
  const subscription = nats.subscribe(subject, {
    callback: (_error, message) => {
      if (other !== undefined && message.headers !== undefined && !message.reply) other(message);
      else take(wholeOf(message));
    },
  });
  const id = subscription.getID();
  reader?.takers.set(id, take);
  return {
    unsubscribe() {
      reader?.takers.delete(id);
      subscription.unsubscribe();
    },
  };
}

/** The client's message as one piece of bytes. */
function wholeOf(message: Msg): HotMessage {
  const parts = [subjectBytes(message), replyBytes(message), message.data];
  const bytes = Buffer.concat(parts);
  const [subject = 0, reply = 0] = parts.map((part) => part.length);
  return {
    bytes,
    subjectStart: 0,
    subjectEnd: subject,
    replyStart: subject,
    replyEnd: subject + reply,
    dataStart: subject + reply,
    dataEnd: bytes.length,
  };
}

function readerOf(nats: NatsConnection): HotReader | null {
  const known = readers.get(nats);
  if (known !== undefined) return known;
  const { protocol } = nats as Client;
  if (protocol === undefined || !isParser(protocol.parser)) return null;
  const reader = new HotReader();
  readers.set(nats, reader);
  let parser = protocol.parser;
  reader.attach(parser);
  // Each new connection to a server begins with a new parser.
  Object.defineProperty(protocol, 'parser', {
    configurable: true,
    get: () => parser,
    set(next: ClientParser) {
      parser = next;
      reader.attach(next);
    },
  });
  return reader;
}

function isParser(x: Partial<ClientParser> | undefined): x is ClientParser {
  return typeof x?.parse === 'function' && typeof x.state === 'number';
}

export class HotReader {
  /** By subscription id. */
  readonly takers = new Map<number, TakeHot>();
  private parseByClient: (bytes: Uint8Array) => void = () => undefined;
  /** The beginning of an operation whose end has not come, and how many bytes it takes in all, as far as is known. */
  private parts: Uint8Array[] = [];
  private partsLength = 0;
  private needed = 0;
  private readonly message: HotMessage = {
    bytes: new Uint8Array(0),
    subjectStart: 0,
    subjectEnd: 0,
    replyStart: 0,
    replyEnd: 0,
    dataStart: 0,
    dataEnd: 0,
  };

  /** Stands before a parser from now on. */
  attach(parser: ClientParser): void {
    this.parseByClient = parser.parse.bind(parser);
    this.parts = [];
    this.partsLength = 0;
    let isBetween = false;
    parser.parse = (bytes) => {
      // What it has begun it also ends.
      isBetween ||= parser.state === 0;
      if (isBetween) this.parse(bytes);
      else this.parseByClient(bytes);
    };
  }

  private parse(chunk: Uint8Array): void {
    let bytes = chunk;
    if (this.parts.length > 0) {
      this.parts.push(chunk);
      this.partsLength += chunk.length;
      if (this.partsLength < this.needed) return;
      bytes = Buffer.concat(this.parts);
      this.parts = [];
    }
    let at = 0;
    while (at < bytes.length) {
      this.needed = 0;
      const end = this.operation(bytes, at);
      if (end === incomplete) {
        const rest = bytes.subarray(at);
        this.parts = [rest];
        this.partsLength = rest.length;
        return;
      }
      at = end;
    }
  }

  /** Deals with the operation that begins at `start`; where it ends, or `incomplete`. */
  private operation(bytes: Uint8Array, start: number): number {
    const kind = bytes[start];
    // MSG <subject> <sid> [reply] <size>, HMSG <subject> <sid> [reply] <header size> <size>
    const headed = kind === upperH;
    if (!headed && kind !== upperM) return this.line(bytes, start);
    let at = start + (headed ? 5 : 4);
    const subjectStart = at;
    while (at < bytes.length && bytes[at] !== space) at++;
    const subjectEnd = at;
    let sid = 0;
    for (at++; at < bytes.length && bytes[at] !== space; at++) sid = sid * 10 + (bytes[at] as number) - 48;
    // Behind the sid stand one number or two, and before them the reply subject if there is one; where the server
    // writes an empty one, two spaces.
    while (bytes[at] === space) at++;
    const restStart = at;
    // No number begins like this, but every inbox does; another reply subject only costs more.
    const isNaming = (bytes[at] as number) < digitZero || (bytes[at] as number) > digitNine;
    let words = 0;
    let replyEnd = restStart;
    let before = 0;
    let last = 0;
    for (; at < bytes.length && bytes[at] !== cr; at++) {
      if (bytes[at] === space) {
        if (words === 1 && replyEnd === restStart) replyEnd = at;
        continue;
      }
      if (bytes[at - 1] === space) {
        words++;
        before = last;
        last = 0;
      }
      if (words > 1 || !isNaming) last = last * 10 + (bytes[at] as number) - 48;
    }
    if (at + 1 >= bytes.length) return incomplete;
    const dataStart = at + 2;
    const end = dataStart + last + 2;
    if (end > bytes.length) {
      this.needed = end - start;
      return incomplete;
    }
    const hasReply = words === (headed ? 3 : 2);
    const take = headed && !hasReply ? undefined : this.takers.get(sid);
    if (take === undefined) {
      this.parseByClient(bytes.subarray(start, end));
      return end;
    }
    const { message } = this;
    message.bytes = bytes;
    message.subjectStart = subjectStart;
    message.subjectEnd = subjectEnd;
    message.replyStart = restStart;
    message.replyEnd = hasReply ? replyEnd : restStart;
    message.dataStart = dataStart + (headed ? before : 0);
    message.dataEnd = end - 2;
    take(message);
    return end;
  }

  /** Anything that is one line: INFO, PING, PONG, +OK, -ERR. */
  private line(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(lf, start);
    if (end < 0) return incomplete;
    this.parseByClient(bytes.subarray(start, end + 1));
    return end + 1;
  }
}
