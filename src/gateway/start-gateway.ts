/** The role gateway: its doors to NATS and ClickHouse, and the server that listens. Knows no route. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { connectNats } from '../client/nats.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../ports.ts';
import { History } from './history.ts';
import { createServer } from './server.ts';
import { Webhooks } from './webhooks/webhooks.ts';

export interface Gateway {
  /** Answers what is under way, within a bound, and takes nothing new. */
  stop(): Promise<void>;
  /** Rejects when NATS has closed the connection for good: whoever supervises the process starts it again. */
  readonly failed: Promise<never>;
}

/** Throws Failure where NATS is away or the port is taken. `connect` opens a door to NATS. */
export async function startGateway(config: Config, log: Log, connect = connectNats): Promise<Gateway> {
  const nats = await connect(config, { reconnects: true, name: 'tidemark-gateway' });
  const updates = await connect(config, { reconnects: true, name: 'tidemark-gateway-updates' });
  const history = new History(config);
  const webhooks = new Webhooks(config, nats, log);
  const server = await createServer({ config, nats, updates, history, webhooks, log });
  const { host, port } = config.http;
  try {
    await server.listen({ host, port });
  } catch (error) {
    await server.close();
    await updates.close();
    await nats.close();
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Failure(`the gateway cannot listen on ${host}:${port} (${code}): set http.host and http.port`);
  }
  log.info({ host, port, auth: config.auth.mode }, 'listening');
  webhooks.start();
  let isStopping = false;
  const failed = Promise.race([nats.ended, updates.ended]).then((why): Promise<never> => {
    if (isStopping) return new Promise(() => undefined);
    throw new Failure(`the connection to NATS at ${nats.url} is closed for good: ${why}`);
  });
  return {
    failed,
    async stop() {
      isStopping = true;
      webhooks.stop();
      await Promise.race([server.close(), sleep(limits.gatewayDrainMs, undefined, { ref: false })]);
      server.server.closeAllConnections();
      await history.close();
      await updates.close();
      await nats.close();
    },
  };
}
