/** What the pipeline parts run against: a nats-server in a directory of its own, an engine as a process beside it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { limits } from '../../config/limits.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { findNatsServer } from '../../src/process/find-nats-server.ts';
import { natsGreeting } from '../../src/process/port.ts';
import { connectNats, type Link } from '../../streams/sources/connection.ts';

const host = '127.0.0.1';
const command = fileURLToPath(new URL('../../bin/tidemark.mjs', import.meta.url));
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startNats(): Promise<Server> {
  const binary = findNatsServer();
  if (binary === null) throw new Error('nats-server is missing: run `node scripts/setup.mjs`');
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
  const port = await freePort();
  const options = ['--addr', host, '--port', String(port), '--jetstream', '--store_dir', directory];
  const child = watched(spawn(binary, options, { stdio: 'ignore' }));
  while ((await natsGreeting(host, port)) === null) {
    if (child.exitCode !== null) throw new Error('nats-server ended before it answered');
    await sleep(limits.readinessPollMs);
  }
  return {
    url: `nats://${host}:${port}`,
    async stop() {
      await ended(child);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export interface Engine {
  readonly pid: number;
  readonly link: Link;
  stats(): Promise<Readonly<Record<string, number>>>;
  /** Resolves when it has applied LEDGER up to the sequence. */
  appliedThrough(sequence: number): Promise<void>;
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** A `tidemark run engine` that nobody waits for. `settings`: over the defaults, as variables. */
export function spawnEngine(
  url: string,
  settings: Readonly<Record<string, string>>,
  stderr: 'inherit' | 'pipe',
): ChildProcess {
  return watched(
    spawn(process.execPath, [command, 'run', 'engine'], {
      env: { ...process.env, TIDEMARK_NATS_URL: url, TIDEMARK_LOG_LEVEL: 'warn', ...settings },
      stdio: ['ignore', 'ignore', stderr, 'ipc'],
    }),
  );
}

/** A real `tidemark run engine`. `settings`: over the defaults, as variables. */
export async function startEngine(
  url: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Engine> {
  const child = spawnEngine(url, settings, 'inherit');
  await new Promise<void>((resolve, reject) => {
    child.once('message', (message: { ready?: true; failed?: string }) => {
      if (message.ready === true) resolve();
      else reject(new Error(`the engine: ${message.failed ?? ''}`));
    });
    child.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)));
  });
  const link = await connectNats({ url, name: 'tidemark-bench', log: quietLog });
  const stats = (): ReturnType<Engine['stats']> => statsOver(link);
  return {
    pid: child.pid ?? 0,
    link,
    stats,
    async appliedThrough(sequence) {
      while (((await stats())['ledger_sequence'] ?? 0) < sequence) await sleep(limits.clientPollMs / 4);
    },
    async stop() {
      await link.close();
      await ended(child);
    },
    async kill() {
      await link.close();
      await ended(child, 'SIGKILL');
    },
  };
}

/** An engine that could not renew its lease for a moment answers nothing, and is asked again. */
export async function statsOver(link: Link): Promise<Readonly<Record<string, number>>> {
  const until = performance.now() + limits.loadOpenMsMax;
  for (;;) {
    try {
      const answer = await link.nats.request('tidemark.stats', '{}', { timeout: limits.leaseTtlMs });
      return answer.json<Record<string, number>>();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}

function watched(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

export async function ended(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
