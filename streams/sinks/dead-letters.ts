/**
 * What was refused, whole and with its reason, on `dead_letters.<stream>.<sequence>.<index>`: once, also when a replay
 * refuses it again, since the stream takes only the first message of a subject. Bounded: while NATS is away more than
 * the bound is counted and dropped.
 */
import { limits } from '../../config/limits.ts';
import type { DeadLetter, DeadLetterSink, Log } from '../../src/ports.ts';
import { deadLetterId } from '../codec/dead-letter-id.ts';
import { encodeDeadLetter } from '../codec/dead-letter-message.ts';
import { DeadLetterPayloads } from '../codec/dead-letter-payload.ts';
import { PublishOnce } from './publish-once.ts';
import type { WindowedPublisher } from './windowed-publisher.ts';

export class NatsDeadLetters implements DeadLetterSink {
  private readonly once: PublishOnce;
  private readonly payloads = new DeadLetterPayloads();

  constructor(publisher: WindowedPublisher, log: Log) {
    this.once = new PublishOnce(publisher, log);
  }

  /** Letters that were dropped, since too many were waiting. */
  get dropped(): number {
    return this.once.dropped;
  }

  publish(letter: DeadLetter): void {
    this.once.publish(`dead_letters.${deadLetterId(letter)}`, () =>
      encodeDeadLetter(letter, this.payloads, limits.deadLetterBytesMax),
    );
  }

  settled(): Promise<void> {
    return this.once.settled();
  }
}
