/** Reads the last message of each of the subjects that a stream holds now, once. */
import { createInbox, DeliverPolicy, nanos, nuid, type Msg, type NatsConnection } from 'nats';
import { limits } from '../../config/limits.ts';
import { DeliveryReader } from './delivery.ts';
import { replyBytes } from './message-bytes.ts';
import { createConsumer, deleteConsumer, managerOf } from './stream-api.ts';
import { readOnly } from './stream-definitions.ts';

/** `take` is given each message with the stream's time of it, ms. Resolves when all were given. */
export async function readLastPerSubject(
  nats: NatsConnection,
  stream: string,
  subjects: string,
  take: (message: Msg, time: number) => void,
): Promise<number> {
  const name = `tidemark-${nuid.next()}`;
  await createConsumer(nats, stream, {
    ...readOnly,
    name,
    filter_subject: subjects,
    deliver_policy: DeliverPolicy.LastPerSubject,
    inactive_threshold: nanos(limits.consumerIdleMsMax),
    mem_storage: true,
  });
  const { num_pending: expected } = await (await managerOf(nats)).consumers.info(stream, name);
  const reader = new DeliveryReader();
  let count = 0;
  if (expected > 0) await readAll();
  await deleteConsumer(nats, stream, name);
  return count;

  function readAll(): Promise<void> {
    return new Promise((resolve, reject) => {
      const inbox = createInbox();
      // Renewed by each message: what does not come any more is no reason not to start.
      const timer = setTimeout(end, limits.natsApiMsMax);
      const subscription = nats.subscribe(inbox, {
        callback: (_error, message) => {
          if (!reader.read(replyBytes(message))) {
            if (message.headers?.code === 404 || message.headers?.code === 408) end();
            return;
          }
          timer.refresh();
          count++;
          try {
            take(message, reader.time);
          } catch (error) {
            clearTimeout(timer);
            subscription.unsubscribe();
            reject(error instanceof Error ? error : new Error(String(error)));
          }
          if (reader.pending === 0) end();
          else if (count % limits.ledgerWindowMessages === 0) request();
        },
      });
      function request(): void {
        const body = { batch: limits.ledgerWindowMessages, no_wait: true };
        nats.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`, JSON.stringify(body), { reply: inbox });
      }
      function end(): void {
        clearTimeout(timer);
        subscription.unsubscribe();
        resolve();
      }
      request();
    });
  }
}
