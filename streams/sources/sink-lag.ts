/** How far the sink is, as the server knows of its consumer: the sink is another process, and may not be there. */
import type { SinkLag } from '../../src/ports.ts';
import type { Link } from './connection.ts';
import { sinkConsumer } from './frames.ts';
import { managerOf } from './stream-api.ts';
import { framesStream } from './stream-definitions.ts';

export class NatsSinkLag implements SinkLag {
  private readonly link: Link;

  constructor(link: Link) {
    this.link = link;
  }

  /** Not delivered yet, and delivered and not acknowledged. */
  async frames(): Promise<number | null> {
    if (!this.link.isUp) return null;
    try {
      const { consumers } = await managerOf(this.link.nats);
      const { num_pending, num_ack_pending } = await consumers.info(framesStream, sinkConsumer);
      return num_pending + num_ack_pending;
    } catch {
      // No sink has ever run, or the server does not answer: both mean that nobody can say.
      return null;
    }
  }
}
