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
}

const command = fileURLToPath(new URL('../../bin/tidemark.mjs', import.meta.url));
const ready = '"ready"';

/**
 * A shell between: standard input is a pipe from the load test, and its end, by demand or because the load test was
 * killed, ends the installation in order.
 */
const guard = `
exec 3<&0
"$@" </dev/null &
up=$!
( read -r _ <&3; kill -TERM "$up" ) 2>/dev/null &
exec 3<&-
wait "$up"
`;

/**
 * Throws Failure with what `tidemark up` said, or what `interrupted` rejects with. `file`: the configuration below
 * ports and directory.
 */
export async function startStack(file: string | undefined, interrupted: Promise<never>): Promise<Stack> {
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
  const up = spawn('sh', ['-c', guard, 'sh', process.execPath, command, ...args, 'up', '--json'], {
    env,
    // A group of its own: Ctrl-C is for the load test, which ends it in order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => up.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    up.stdin.end();
    await ended;
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await Promise.race([untilReady(up), interrupted]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { config, stop };
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
