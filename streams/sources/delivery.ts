/**
 * What JetStream says of a delivered message in its reply subject, read from its bytes:
 * `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>`, or with a domain and an
 * account's hash before the stream. One reader for one consumer: the part before `<delivered>` is the same in all of
 * its deliveries and is looked for once. Nothing is allocated for a message.
 */
const dot = 46;
const tokensBeforeDelivered = 4;
const tokensBeforeDeliveredWithDomain = 6;
/** From so many tokens on, the form is the one with a domain. */
const tokensWithDomain = 11;
/** Digits of a nanosecond time that a millisecond does not have; the whole is no safe integer. */
const nanosecondDigits = 6;

export class DeliveryReader {
  streamSequence = 0;
  consumerSequence = 0;
  /** The stream's timestamp, milliseconds. */
  time = 0;
  /** Messages of the stream that are yet to come, as of the delivery. */
  pending = 0;
  /** Where `<delivered>` begins; 0 while unknown. */
  private start = 0;
  private at = 0;

  /** Whether the bytes are a delivery's reply subject. */
  read(reply: Uint8Array): boolean {
    if (reply.length <= this.start || reply[0] !== 0x24 || reply[1] !== 0x4a || reply[2] !== 0x53)
      return false;
    if (this.start === 0) this.start = deliveredAt(reply);
    this.at = this.start;
    this.number(reply);
    this.streamSequence = this.number(reply);
    this.consumerSequence = this.number(reply);
    this.time = this.milliseconds(reply);
    this.pending = this.number(reply);
    return this.streamSequence > 0;
  }

  /** The number at `at`, which moves behind the dot that ends it. */
  private number(bytes: Uint8Array): number {
    let at = this.at;
    let value = 0;
    for (let b = bytes[at] as number; at < bytes.length && b !== dot; b = bytes[++at] as number) {
      value = value * 10 + (b - 48);
    }
    this.at = at + 1;
    return value;
  }

  private milliseconds(bytes: Uint8Array): number {
    const end = bytes.indexOf(dot, this.at);
    const last = end - nanosecondDigits;
    let value = 0;
    for (let at = this.at; at < last; at++) value = value * 10 + ((bytes[at] as number) - 48);
    this.at = end + 1;
    return value;
  }
}

function deliveredAt(reply: Uint8Array): number {
  let tokens = 1;
  for (const byte of reply) if (byte === dot) tokens++;
  let skip = tokens >= tokensWithDomain ? tokensBeforeDeliveredWithDomain : tokensBeforeDelivered;
  let at = 0;
  while (skip > 0 && at < reply.length) if (reply[at++] === dot) skip--;
  return at;
}
