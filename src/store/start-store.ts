/**
 * The store: a small server on loopback that speaks ClickHouse's HTTP protocol over the embedded engine, so that
 * everything else uses the same client in both modes. Owns the server's life; ends on `close`, takes no signals.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import type { Log } from '../ports.ts';
import { openStoreDirectory, type StoreDirectory } from './data-directory.ts';
import { openEngine, type Engine } from './engine.ts';
import { loadNative } from './native.ts';
import { createRequestHandler, type RequestHandler } from './request-handler.ts';

export interface StoreOptions {
  /** The data directory; the store keeps to its subdirectory `store`. */
  readonly dataDir: string;
  /** 127.0.0.1 when absent: SQL against the embedded engine can read files of the machine. */
  readonly host?: string;
  /** 0: a free one. */
  readonly port: number;
  readonly log?: Log;
}

export interface Store {
  readonly url: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Takes no more requests, gives running ones a moment, then stops them. */
  close(): Promise<void>;
}

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export async function startStore(options: StoreOptions): Promise<Store> {
  const { dataDir, host = '127.0.0.1', log = silent } = options;
  const directory = await openStoreDirectory(dataDir);
  const engine = await openHeldEngine(directory, dataDir);
  const user = 'default';
  const { password, spoolDirectory } = directory;
  const handler = createRequestHandler({ engine, user, password, spoolDirectory, log });
  const server = createServer(
    { keepAliveTimeout: limits.storeKeepAliveMs, requestTimeout: 0 },
    (request, response) => {
      handler.handle(request, response);
    },
  );
  try {
    await listen(server, host, options.port);
  } catch (error) {
    engine.close();
    await directory.release();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  log.info({ url, engine: engine.version }, 'store is listening');
  return {
    url,
    port,
    user,
    password,
    async close() {
      await drain(server, handler);
      engine.close();
      await directory.release();
    },
  };
}

async function openHeldEngine(directory: StoreDirectory, dataDir: string): Promise<Engine> {
  try {
    const engine = await openEngine(loadNative(), directory.engineDirectory, directory.engineConfigFile);
    await directory.hold();
    return engine;
  } catch (error) {
    // The engine locks its directory itself, and says no more than that it could not open it.
    const holder = await directory.holder();
    const message =
      holder === null
        ? `the embedded engine cannot open the data directory ${dataDir}: is it whole, writable, held by another process?`
        : `the data directory ${dataDir} is held by process ${holder}: stop that, or change data_dir`;
    throw new Error(message, { cause: error });
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken ? new Error(`port ${port} on ${host} is taken: change store.port`, { cause: error }) : error,
      );
    });
    server.listen(port, host, resolve);
  });
}

async function drain(server: Server, handler: RequestHandler): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const stopAll = setTimeout(() => {
    handler.running.stopAll();
    server.closeAllConnections();
  }, limits.storeDrainMs);
  // Answered connections that are kept alive would hold the server open.
  const closeIdle = setInterval(() => server.closeIdleConnections(), limits.storeDrainPollMs);
  await closed;
  clearTimeout(stopAll);
  clearInterval(closeIdle);
  while (handler.running.size > 0) {
    handler.running.stopAll();
    await sleep(limits.storeDrainPollMs);
  }
}
