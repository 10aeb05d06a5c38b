/**
 * Publishes to subjects that take one message each: the server refuses the second attempt of a replay, and that is
 * success. Bounded in what may be outstanding.
 */
import { limits } from '../../config/limits.ts';
import type { Log } from '../../src/ports.ts';
import { expectedRevision } from '../sources/expected-revision.ts';
import { isWrongRevision, type WindowedPublisher } from './windowed-publisher.ts';

type Publisher = Pick<WindowedPublisher, 'publish' | 'outstandingBytes'>;

const onlyFirst = { [expectedRevision]: '0' };

export class PublishOnce {
  private readonly publisher: Publisher;
  private readonly log: Log;
  /** Numbers of the messages under way, in order. */
  private readonly underWay = new Set<number>();
  private next = 0;
  /** Who waits for those before a number, in order. */
  private readonly waiting: { readonly before: number; readonly go: () => void }[] = [];
  dropped = 0;

  constructor(publisher: Publisher, log: Log) {
    this.publisher = publisher;
    this.log = log;
  }

  /** `encode` is called only where there is room for the message. */
  publish(subject: string, encode: () => Uint8Array): void {
    if (this.publisher.outstandingBytes > limits.publishOnceBytesMax) {
      this.dropped++;
      if (this.dropped % limits.droppedBetweenLogs === 1) {
        this.log.error({ subject, dropped: this.dropped }, 'too much is waiting to be published: dropped');
      }
      return;
    }
    const number = this.next++;
    this.underWay.add(number);
    this.publisher.publish(subject, encode(), onlyFirst).then(
      () => {
        this.done(number);
      },
      (error: unknown) => {
        // Each repetition by the publisher itself may meet its own first attempt: that, too, is success.
        if (!isWrongRevision(error))
          this.log.error({ subject, error: String(error) }, 'could not be published');
        this.done(number);
      },
    );
  }

  /** Resolves when nothing that was published until now is under way any more. Costs the same however much that is. */
  settled(): Promise<void> {
    if (this.underWay.size === 0) return Promise.resolve();
    return new Promise((go) => this.waiting.push({ before: this.next, go }));
  }

  private done(number: number): void {
    this.underWay.delete(number);
    const [oldest = this.next] = this.underWay;
    while ((this.waiting[0]?.before ?? Infinity) <= oldest) this.waiting.shift()?.go();
  }
}
