/**
 * The real `tidemark` command as a process, for tests: started with its own ports and data directory, its output kept,
 * killed at the end of the test process whatever happens. Knows no command.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-port.ts';
import { until } from './until.ts';

const command = fileURLToPath(new URL('../../bin/tidemark.mjs', import.meta.url));
const running = new Set<ChildProcess>();
process.once('exit', () => {
  // What `up` has started ends with it.
  for (const child of running) child.kill('SIGKILL');
});

export interface Tidemark {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when it has ended: exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
}

/** Runs `tidemark <args>`. `env` is over the test's own environment, without its TIDEMARK_ variables. */
export function spawnTidemark(args: readonly string[], env: Readonly<Record<string, string>> = {}): Tidemark {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TIDEMARK_'));
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    // `close`, not `exit`: the output is complete by then.
    child.once('close', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** A command that ends by itself. */
export async function runTidemark(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnTidemark(args, env);
  const code = await child.ended;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

export interface TestInstallation {
  /** TIDEMARK_ variables: free ports, a data directory of its own. */
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly natsPort: number;
  readonly storePort: number;
  readonly httpPort: number;
  /** Removes the data directory. Whatever was started must have ended. */
  remove(): void;
}

/** Ports and a directory that nobody else uses. */
export async function testInstallation(): Promise<TestInstallation> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-data-'));
  const [natsPort = 0, storePort = 0, httpPort = 0] = await freePorts(3);
  return {
    env: {
      TIDEMARK_DATA_DIR: dataDir,
      TIDEMARK_NATS_PORT: String(natsPort),
      TIDEMARK_STORE_PORT: String(storePort),
      TIDEMARK_HTTP_PORT: String(httpPort),
    },
    dataDir,
    natsPort,
    storePort,
    httpPort,
    remove: () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}

/** `tidemark up`, started and ready. Fails with what it said when it ends instead. */
export async function startUp(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Tidemark> {
  const up = spawnTidemark(['up', '--json', ...args], env);
  let code: number | null | undefined;
  void up.ended.then((ended) => (code = ended));
  await until(() => code !== undefined || up.stdout().includes('"state":"ready"'), {
    what: '`tidemark up` to be ready',
    timeoutMs: 60_000,
  });
  if (code !== undefined) throw new Error(`tidemark up ended with ${code}: ${up.stderr()}`);
  return up;
}
