/**
 * Publishes to subjects that take one message each: the server refuses the second attempt of a replay, and that is
 * success. Bounded in what may be outstanding.
 */
import { limits } from '../../config/limits.ts';
import type { Log } from '../../src/ports.ts';
import { expectedRevision } from '../sources/expected-revision.ts';
import { isWrongRevision, type WindowedPublisher } from './windowed-publisher.ts';

const onlyFirst = { [expectedRevision]: '0' };

export class PublishOnce {
  private readonly publisher: WindowedPublisher;
  private readonly log: Log;
  private readonly underWay = new Set<Promise<void>>();
  dropped = 0;

  constructor(publisher: WindowedPublisher, log: Log) {
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
    // Each repetition by the publisher itself may meet its own first attempt: that, too, is success.
    const published = this.publisher.publish(subject, encode(), onlyFirst).then(
      () => undefined,
      (error: unknown) => {
        if (isWrongRevision(error)) return;
        this.log.error({ subject, error: String(error) }, 'could not be published');
      },
    );
    this.underWay.add(published);
    void published.finally(() => this.underWay.delete(published));
  }

  /** Resolves when nothing that was published until now is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }
}
