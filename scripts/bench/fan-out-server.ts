/**
 * What `fan-out` compares, each in a process of its own: the gateway, and a bare `ws` server that hands the messages of
 * NATS on as they are, to whoever named the account.
 */
import type { AddressInfo } from 'node:net';
import { connect } from 'nats';
import { WebSocketServer, type WebSocket } from 'ws';
import { loadConfig } from '../../config/load.ts';
import { connectNats } from '../../src/client/nats.ts';
import { History } from '../../src/gateway/history.ts';
import { createServer } from '../../src/gateway/server.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { servePart } from '../../src/load/worker.ts';

export interface FanOutServerCalls {
  /** The port that it listens on. */
  readonly gateway: (url: string) => Promise<number>;
  readonly bare: (url: string) => Promise<number>;
  /** Microseconds of processor time since the last call. */
  readonly cpu: () => number;
  /** Resident bytes. */
  readonly memory: () => number;
  readonly [name: string]: (argument: never) => unknown;
}

const host = '127.0.0.1';
const requestsAMinute = '1000000';

servePart(() => {
  let before = process.cpuUsage();
  return {
    async gateway(url) {
      const env = { TIDEMARK_NATS_URL: url, TIDEMARK_HTTP_REQUESTS_A_MINUTE: requestsAMinute };
      const config = loadConfig({ env });
      const nats = await connectNats(config);
      const updates = await connectNats(config);
      const history = new History(config);
      const app = await createServer({ config, nats, updates, history, log: quietLog });
      await app.listen({ host, port: 0 });
      return (app.server.address() as AddressInfo).port;
    },
    async bare(url) {
      const nats = await connect({ servers: url });
      const readers = new Map<string, WebSocket>();
      const server = new WebSocketServer({ host, port: 0, perMessageDeflate: false });
      server.on('connection', (socket) => {
        socket.once('message', (data: Buffer) => {
          const { params } = JSON.parse(data.toString()) as { params: { account_id: string } };
          readers.set(params.account_id, socket);
          socket.send('{"id":1}');
        });
      });
      const { length } = 'equity.';
      nats.subscribe('equity.*', {
        callback: (_, { subject, data }) => {
          readers.get(subject.slice(length))?.send(data, { binary: false });
        },
      });
      await nats.flush();
      return (server.address() as AddressInfo).port;
    },
    cpu() {
      const { user, system } = process.cpuUsage(before);
      before = process.cpuUsage();
      return user + system;
    },
    memory: () => process.memoryUsage.rss(),
  } satisfies FanOutServerCalls;
});
