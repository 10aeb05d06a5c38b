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
  /** Bytes before `<delivered>`; 0 while unknown. */
  private prefix = 0;
  private at = 0;

  /** Whether bytes[start..end) are a delivery's reply subject. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start <= this.prefix || bytes[start] !== 0x24 || bytes[start + 1] !== 0x4a) return false;
    if (bytes[start + 2] !== 0x53) return false;
    if (this.prefix === 0) this.prefix = prefixOf(bytes.subarray(start, end));
    this.at = start + this.prefix;
    this.number(bytes, end);
    this.streamSequence = this.number(bytes, end);
    this.consumerSequence = this.number(bytes, end);
    this.time = this.milliseconds(bytes, end);
    this.pending = this.number(bytes, end);
    return this.streamSequence > 0;
  }

  /** The number at `at`, which moves behind the dot that ends it. */
  private number(bytes: Uint8Array, end: number): number {
    let at = this.at;
    let value = 0;
    for (let b = bytes[at] as number; at < end && b !== dot; b = bytes[++at] as number) {
      value = value * 10 + (b - 48);
    }
    this.at = at + 1;
    return value;
  }

  private milliseconds(bytes: Uint8Array, end: number): number {
    let dotAt = this.at;
    while (dotAt < end && bytes[dotAt] !== dot) dotAt++;
    const last = dotAt - nanosecondDigits;
    let value = 0;
    for (let at = this.at; at < last; at++) value = value * 10 + ((bytes[at] as number) - 48);
    this.at = dotAt + 1;
    return value;
  }
}

/** Bytes before `<delivered>`. */
function prefixOf(reply: Uint8Array): number {
  let tokens = 1;
  for (const byte of reply) if (byte === dot) tokens++;
  let skip = tokens >= tokensWithDomain ? tokensBeforeDeliveredWithDomain : tokensBeforeDelivered;
  let at = 0;
  while (skip > 0 && at < reply.length) if (reply[at++] === dot) skip--;
  return at;
}
