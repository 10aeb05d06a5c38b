/**
 * What JetStream says of a delivered message in its reply subject, read from its bytes:
 * `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>`, or with a domain and an
 * account's hash before the stream. One reused reader: nothing is allocated for a message.
 */
const dot = 46;
const tokensBeforeSequence = 5;
const tokensBeforeSequenceWithDomain = 7;
/** From so many tokens on, the form is the one with a domain. */
const tokensWithDomain = 11;

export class DeliveryReader {
  streamSequence = 0;
  consumerSequence = 0;
  /** The stream's timestamp, milliseconds. */
  time = 0;
  /** Messages of the stream that are yet to come, as of the delivery. */
  pending = 0;

  /** Whether the bytes are a delivery's reply subject. */
  read(reply: Uint8Array): boolean {
    if (reply.length < 8 || reply[0] !== 0x24 || reply[1] !== 0x4a || reply[2] !== 0x53) return false;
    let tokens = 1;
    for (const byte of reply) if (byte === dot) tokens++;
    let skip = tokens >= tokensWithDomain ? tokensBeforeSequenceWithDomain : tokensBeforeSequence;
    let at = 0;
    while (skip > 0 && at < reply.length) if (reply[at++] === dot) skip--;
    at = this.number(reply, at);
    this.streamSequence = this.value;
    at = this.number(reply, at);
    this.consumerSequence = this.value;
    // Nanoseconds are no safe integer: the last six digits are left out while reading.
    const end = reply.indexOf(dot, at);
    this.number(reply.subarray(0, Math.max(at, end - 6)), at);
    this.time = this.value;
    this.number(reply, end + 1);
    this.pending = this.value;
    return this.streamSequence > 0;
  }

  private value = 0;

  /** Reads digits into `value`; the place behind the dot that ends them. */
  private number(bytes: Uint8Array, start: number): number {
    let at = start;
    let value = 0;
    for (let digit = (bytes[at] ?? 0) - 48; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - 48) {
      value = value * 10 + digit;
      at++;
    }
    this.value = value;
    return at + 1;
  }
}
