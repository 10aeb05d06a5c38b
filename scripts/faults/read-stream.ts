/** A stream from its first message to its last, by a consumer of the plain client. */
import type { JsMsg, NatsConnection } from 'nats';

/** Calls `take` for each message there is now, in order; answers how many. */
export async function readStream(
  nats: NatsConnection,
  stream: string,
  take: (message: JsMsg) => void,
): Promise<number> {
  const { state } = await (await nats.jetstreamManager()).streams.info(stream);
  if (state.messages === 0) return 0;
  const consumer = await nats.jetstream().consumers.get(stream);
  const messages = await consumer.consume({ max_messages: 2_000 });
  let count = 0;
  for await (const message of messages) {
    take(message);
    count++;
    if (message.seq >= state.last_seq) break;
  }
  return count;
}
