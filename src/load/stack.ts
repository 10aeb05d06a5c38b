/**
 * An installation for one load test: `tidemark up` as a process, on free ports, in a temporary directory that goes
 * with it. Knows no more of it than its command line.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig, type Config } from '../../config/load.ts';
import { loopback } from '../addresses.ts';
import { Failure } from '../failure.ts';

export interface Stack {
  readonly config: Config;
  /** Ends it and removes what it kept. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

const command = fileURLToPath(new URL('../../bin/tidemark.mjs', import.meta.url));
const ready = '"ready"';

/** Throws Failure with what `tidemark up` said. `file`: the configuration below ports and directory. */
export async function startStack(file: string | undefined): Promise<Stack> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-load-'));
  const [natsPort, storePort, httpPort] = await freePorts(3);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    TIDEMARK_DATA_DIR: directory,
    TIDEMARK_NATS_URL: '',
    TIDEMARK_NATS_PORT: String(natsPort),
    TIDEMARK_CLICKHOUSE_URL: '',
    TIDEMARK_STORE_PORT: String(storePort),
    TIDEMARK_HTTP_PORT: String(httpPort),
  };
  const config = loadConfig({ file, env });
  const args = file === undefined ? [] : ['--config', file];
  const up = spawn(process.execPath, [command, ...args, 'up', '--json'], {
    env,
    // A group of its own: Ctrl-C is for the load test, which ends it in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => up.once('close', () => resolve()));
  const remove = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  const killed = (): void => void up.kill('SIGKILL');
  process.once('exit', killed);
  try {
    await untilReady(up);
  } catch (error) {
    up.kill('SIGKILL');
    remove();
    throw error;
  }
  return {
    config,
    async stop() {
      up.kill('SIGTERM');
      await ended;
      process.off('exit', killed);
      remove();
    },
    kill: killed,
  };
}

function untilReady(up: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    up.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(ready)) resolve();
    });
    up.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
    up.once('error', reject);
    up.once('close', (code) => reject(new Failure(`tidemark up ended with ${code}: ${errors.trim()}`)));
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, loopback, resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
