/**
 * Connections to NATS with the settings that nothing may be lost without: they never give up, and they notice a dead
 * server. Input, ledger, output and control have a connection each, since a slow reader on one stalls what shares it.
 */
import { connect, Events, type NatsConnection } from 'nats';
import { limits } from '../../config/limits.ts';
import type { Cancel, Log } from '../../src/ports.ts';
import { accessOptions, requireAdmission, type NatsAccess } from './nats-access.ts';

export interface ConnectOptions {
  /** One URL, or several separated by commas. */
  readonly url: string;
  /** Shown by the server's monitoring: tidemark-ledger. */
  readonly name: string;
  readonly log: Log;
  /** Who we are there; without, nobody in particular. */
  readonly access?: NatsAccess | undefined;
  /** Whether what is published here is not to be received here. */
  readonly noEcho?: boolean;
}

/** A connection that knows whether it is one now. */
export interface Link {
  readonly nats: NatsConnection;
  /** False while disconnected: what is published then is lost, or kept without bound. */
  readonly isUp: boolean;
  /** Called after each reconnect, when subscriptions stand again, until cancelled. */
  onReconnect(action: () => void): Cancel;
  close(): Promise<void>;
}

/** Waits for a server. Throws Failure where one refuses us. */
export async function connectNats({ url, name, log, access, noEcho = false }: ConnectOptions): Promise<Link> {
  const options = accessOptions(url, access);
  await requireAdmission(url, options);
  const nats = await connect({
    ...options,
    name,
    noEcho,
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectTimeWait: limits.natsReconnectWaitMs,
    pingInterval: limits.natsPingIntervalMs,
    maxPingOut: limits.natsPingsUnansweredMax,
    noAsyncTraces: true,
    ignoreAuthErrorAbort: true,
  });
  const actions = new Set<() => void>();
  const state = { isUp: true };
  void (async () => {
    for await (const status of nats.status()) {
      if (status.type === Events.Disconnect) {
        state.isUp = false;
        log.warn({ connection: name }, 'disconnected from NATS');
      } else if (status.type === Events.Reconnect) {
        state.isUp = true;
        log.info({ connection: name }, 'connected to NATS again');
        for (const action of actions) action();
      } else if (status.type === Events.Error) {
        log.warn({ connection: name, error: status.data }, 'NATS reports an error');
      }
    }
  })();
  return {
    nats,
    get isUp() {
      return state.isUp && !nats.isClosed();
    },
    onReconnect(action) {
      actions.add(action);
      return () => void actions.delete(action);
    },
    close: () => nats.close(),
  };
}
