/** A nats-server and a store as processes of their own, in a directory that is gone afterwards. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import { findNatsServer } from '../../src/process/find-nats-server.ts';
import { natsGreeting } from '../../src/process/port.ts';

export interface SinkServers {
  readonly natsUrl: string;
  readonly clickhouse: { readonly url: string; readonly user: string; readonly password: string };
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const command = fileURLToPath(new URL('../../bin/tidemark.mjs', import.meta.url));

export async function startSinkServers(): Promise<SinkServers> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
  const [natsPort, storePort] = [await freePort(), await freePort()];
  const binary = findNatsServer();
  if (binary === null) throw new Error('nats-server is missing: run `node scripts/setup.mjs`');
  const natsOptions = ['--addr', host, '--port', String(natsPort), '--jetstream', '--store_dir', directory];
  const children = [
    spawn(binary, natsOptions, { stdio: 'ignore' }),
    spawn(process.execPath, [command, 'run', 'store'], {
      stdio: 'ignore',
      env: { ...process.env, TIDEMARK_DATA_DIR: directory, TIDEMARK_STORE_PORT: String(storePort) },
    }),
  ];
  process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));
  const url = `http://${host}:${storePort}`;
  await answers(() => natsGreeting(host, natsPort), children);
  await answers(() => fetch(`${url}/ping`).catch(() => null), children);
  const password = (await readFile(join(directory, 'store', 'password'), 'utf8')).trim();
  return {
    natsUrl: `nats://${host}:${natsPort}`,
    clickhouse: { url, user: 'default', password },
    async stop() {
      await Promise.all(children.map(ended));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answers(ask: () => Promise<unknown>, children: readonly ChildProcess[]): Promise<void> {
  while ((await ask()) === null) {
    if (children.some((child) => child.exitCode !== null))
      throw new Error('a server ended before it answered');
    await sleep(limits.readinessPollMs);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
