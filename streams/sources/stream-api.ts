/** The few calls of JetStream's API that sources and sinks need, over the client's manager. */
import { NatsError, type ConsumerConfig, type JetStreamManager, type NatsConnection } from 'nats';
import { limits } from '../../config/limits.ts';

const managers = new WeakMap<NatsConnection, Promise<JetStreamManager>>();

/** The connection's manager. `checkAPI` would ask the server whether it has JetStream, once more for each. */
export function managerOf(nats: NatsConnection): Promise<JetStreamManager> {
  let manager = managers.get(nats);
  if (manager === undefined) {
    manager = nats.jetstreamManager({ timeout: limits.natsApiMsMax, checkAPI: false });
    managers.set(nats, manager);
  }
  return manager;
}

export interface StreamBounds {
  /** 0 in a stream that never had a message. */
  readonly first: number;
  readonly last: number;
  /** Messages between these two that are no longer there. */
  readonly deleted: number;
}

export async function streamBounds(nats: NatsConnection, stream: string): Promise<StreamBounds> {
  const { state } = await (await managerOf(nats)).streams.info(stream);
  const { first_seq: first, last_seq: last, messages } = state;
  return { first, last, deleted: last - Math.max(1, first) + 1 - messages };
}

export async function createConsumer(
  nats: NatsConnection,
  stream: string,
  config: Partial<ConsumerConfig>,
): Promise<void> {
  await (await managerOf(nats)).consumers.add(stream, config);
}

/** Creates a durable consumer where it is missing. */
export async function ensureConsumer(
  nats: NatsConnection,
  stream: string,
  config: Partial<ConsumerConfig> & { readonly durable_name: string },
): Promise<void> {
  const { consumers } = await managerOf(nats);
  try {
    await consumers.info(stream, config.durable_name);
  } catch (error) {
    if (!(error instanceof NatsError) || error.api_error?.err_code !== consumerNotFound) throw error;
    await consumers.add(stream, config);
  }
}

const consumerNotFound = 10014;

/** Best effort: an idle consumer goes away by itself. */
export async function deleteConsumer(nats: NatsConnection, stream: string, name: string): Promise<void> {
  try {
    await (await managerOf(nats)).consumers.delete(stream, name);
  } catch {
    // Gone already, or the server is.
  }
}
