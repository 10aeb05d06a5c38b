/** A gateway of which the doors are made up: what is behind them a test says, without a server of NATS or a database. */
import { loadConfig } from '../../config/load.ts';
import type { NatsDoor } from '../../src/client/nats.ts';
import type { History } from '../../src/gateway/history.ts';
import type { Server } from '../../src/gateway/parts.ts';
import { createServer } from '../../src/gateway/server.ts';
import type { Log } from '../../src/ports.ts';
import { quietLog } from '../../src/quiet-log.ts';

export interface MadeUp {
  /** Of a door to NATS, what the test needs: `ask` stands for the engine. */
  readonly nats?: object;
  /** Of the door to the database. */
  readonly history?: object;
  /** Folder of the built dashboard. */
  readonly dashboard?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: Log;
}

export function gatewayOf(made: MadeUp): Promise<Server> {
  const { nats = {}, history = {}, dashboard, env = {}, log = quietLog } = made;
  const door = { isConnected: true, ...nats } as unknown as NatsDoor;
  return createServer({
    config: loadConfig({ env }),
    nats: door,
    updates: door,
    history: history as unknown as History,
    log,
    dashboard,
  });
}
