/**
 * `GET /ws`: what is asked before a connection becomes a WebSocket, and the life of all of them. Knows the plugin; knows
 * no message.
 */
import websocket from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';
import { limits } from '../../../config/limits.ts';
import { isLoopback } from '../../../config/loopback.ts';
import type { Authenticate, Identity } from '../identity.ts';
import type { Parts, Server } from '../parts.ts';
import { Problem } from '../problem.ts';
import { AlertFeed } from './alert-feed.ts';
import { EquityFeed } from './equity-feed.ts';
import { Sockets, type SocketFigures } from './sockets.ts';

const path = '/ws';

export interface WebSocketFigures extends SocketFigures {
  readonly encoded: number;
  readonly malformed: number;
}

/**
 * Before other routes: a connection that wants to be a WebSocket elsewhere is refused.
 * @returns how they are, whenever it is called
 */
export async function webSockets(
  app: Server,
  parts: Parts,
  authenticate: Authenticate,
): Promise<() => WebSocketFigures> {
  const { config, nats, updates, log } = parts;
  const isOpen = config.auth.mode === 'none';
  const sockets = new Sockets();
  const feeds = {
    nats,
    equity: new EquityFeed({ nats, updates, log }),
    alerts: new AlertFeed(updates, log),
  };
  const options = {
    maxPayload: limits.gatewayWsMessageBytesMax,
    // A frame is made once for all; compressed it would be made for each.
    perMessageDeflate: false,
    closeTimeout: limits.gatewayWsCloseMsMax,
  };
  await app.register(websocket, {
    options,
    errorHandler: (error, socket) => {
      // A frame that is none, or too large: the socket is closed with its code by then.
      log.debug({ error: String(error) }, 'a socket failed');
      socket.close();
    },
    preClose: async () => {
      await sockets.close(app.websocketServer.clients);
      feeds.equity.close();
      await feeds.alerts.close();
    },
  });
  // A connection that was refused is no HTTP any more: nobody reads it, and nobody would notice its end.
  app.server.prependListener('upgrade', ({ socket: wire }) => {
    wire.setTimeout(limits.gatewayHeadersMsMax, () => wire.destroy());
  });
  app.addHook('onResponse', (request, _reply, done) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroySoon();
    done();
  });
  app.route({
    method: 'GET',
    url: path,
    // Its token may come in the first message: a browser cannot send a header.
    config: { concerns: 'nobody' },
    schema: { hide: true },
    onRequest: async (request) => {
      if (!request.ws) return;
      if (isOpen) requireOwnPage(request);
      request.identity = await identityOf(request);
      sockets.requireRoom(request.identity);
    },
    handler: () => {
      throw new Problem(426, 'upgrade_required', 'this path speaks WebSocket');
    },
    wsHandler: (socket, request) => {
      const { identity, ip: address, raw } = request;
      sockets.open({ socket, wire: raw.socket, address, identity, feeds, authenticate, log });
    },
  });
  return () => ({ ...sockets.figures, ...feeds.equity.counts });

  async function identityOf({ headers: { authorization }, ip }: FastifyRequest): Promise<Identity | null> {
    return isOpen || authorization !== undefined ? authenticate(authorization, ip) : null;
  }
}

/** Without tokens, a page of anybody that a browser of this machine shows would be let in: browsers ask no leave for this. */
function requireOwnPage({ headers: { origin } }: FastifyRequest): void {
  if (origin === undefined) return;
  const page = URL.canParse(origin) ? new URL(origin) : null;
  if (page?.origin === origin && isLoopback(page.hostname)) return;
  throw new Problem(403, 'origin_forbidden', 'without tokens only pages of this machine are let in');
}
