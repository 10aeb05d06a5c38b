/** How far frames are in ClickHouse: what every sink together has been given, and up to where all of it is dealt with. */
import type { Link } from './connection.ts';
import { sinkConsumer } from './frames.ts';
import { managerOf, streamBounds } from './stream-api.ts';
import { framesStream } from './stream-definitions.ts';

/** Sequence of the stream's last frame. */
export async function lastFrame({ nats }: Link): Promise<number> {
  return (await streamBounds(nats, framesStream)).last;
}

/** Every frame up to this sequence is dealt with. */
export async function framesDone({ nats }: Link): Promise<number> {
  const { consumers } = await managerOf(nats);
  const { ack_floor, num_ack_pending, num_pending, delivered } = await consumers.info(
    framesStream,
    sinkConsumer,
  );
  // With nothing under way, what was acknowledged out of order is done, too.
  return num_ack_pending === 0 && num_pending === 0
    ? Math.max(ack_floor.stream_seq, delivered.stream_seq)
    : ack_floor.stream_seq;
}
