/**
 * The store as a process of its own: the engine allows one data directory a process, and faults need something to
 * kill. Run directly, this file is that process; imported, it starts one. Knows nothing of tables.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startStore } from '../../src/store/start-store.ts';
import { freePort } from './free-port.ts';

export interface TestStore {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly dataDir: string;
  readonly port: number;
  /** Ends it in good order and removes its directory. */
  stop(): Promise<void>;
  /** `kill -9`; the directory stays. */
  kill(): Promise<void>;
  /** SIGTERM; the directory stays. Answers the exit code. */
  terminate(): Promise<number | null>;
  /** Starts it again on the same port and directory. */
  start(): Promise<void>;
}

interface Ready {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export async function startStoreProcess(): Promise<TestStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tidemark-store-'));
  const port = await freePort();
  let { child, ready } = await launchStore(dataDir, port);
  return {
    ...ready,
    dataDir,
    port,
    async stop() {
      await end(child, 'SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
    async kill() {
      await end(child, 'SIGKILL');
    },
    async terminate() {
      await end(child, 'SIGTERM');
      return child.exitCode;
    },
    async start() {
      ({ child, ready } = await launchStore(dataDir, port));
    },
  };
}

/** Rejects with what the process said when it ends before it is ready. */
export async function launchStore(
  dataDir: string,
  port: number,
): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(import.meta.url), dataDir, String(port)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, UV_THREADPOOL_SIZE: '8' },
    },
  );
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  const ready = await new Promise<Ready>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Ready));
    child.once('exit', (code) => reject(new Error(`the store ended with ${code}: ${said}`)));
  });
  return { child, ready };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await exited;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [dataDir = '', port = '0'] = process.argv.slice(2);
  const store = await startStore({ dataDir, port: Number(port) });
  process.stdout.write(`${JSON.stringify({ url: store.url, user: store.user, password: store.password })}\n`);
  process.once('SIGTERM', () => {
    void store.close().then(() => process.exit(0));
  });
}
