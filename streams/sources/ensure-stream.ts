/** Creates a stream where it is missing. One that is there stays as it is: who runs NATS may have changed it. */
import { NatsError, type NatsConnection } from 'nats';
import { managerOf } from './stream-api.ts';
import type { StreamDefinition } from './stream-definitions.ts';

const streamNotFound = 10059;
const streamNameInUse = 10058;

export async function ensureStream(nats: NatsConnection, definition: StreamDefinition): Promise<void> {
  const { streams } = await managerOf(nats);
  try {
    await streams.info(definition.name);
  } catch (error) {
    if (apiError(error) !== streamNotFound) throw error;
    try {
      await streams.add(definition);
    } catch (failure) {
      // Somebody else was quicker, with a definition of his own.
      if (apiError(failure) !== streamNameInUse) throw failure;
    }
  }
}

function apiError(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}
