/**
 * A real nats-server with JetStream for one test file: its own directory, a free port, gone afterwards.
 * Knows no stream and no subject.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from '../../src/process/find-nats-server.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface TestNats {
  readonly url: string;
  readonly port: number;
  /** Ends the server and removes its directory. */
  stop(): Promise<void>;
  /** `kill -9`; the directory stays, so that `restart` finds it. */
  kill(): Promise<void>;
  /** Starts it again on the same port and directory, after `kill`. */
  restart(): Promise<void>;
}

/** None outlives the test process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** `configuration`: lines of its configuration file, such as who may connect. */
export async function startNats(configuration = ''): Promise<TestNats> {
  const dir = await mkdtemp(join(tmpdir(), 'tidemark-nats-'));
  const port = await freePort();
  await writeFile(join(dir, 'nats-server.conf'), configuration);
  let server = await launch(dir, port);
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    async stop() {
      await end(server, 'SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
    async kill() {
      await end(server, 'SIGKILL');
    },
    async restart() {
      await end(server, 'SIGKILL');
      server = await launch(dir, port);
    },
  };
}

async function launch(dir: string, port: number): Promise<ChildProcess> {
  const args = [
    '--addr',
    '127.0.0.1',
    '--port',
    String(port),
    '--jetstream',
    '--store_dir',
    dir,
    '--config',
    join(dir, 'nats-server.conf'),
  ];
  const binary = findNatsServer();
  if (binary === null) throw new Error('nats-server is missing: run `node scripts/setup.mjs`');
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`nats-server ended: ${log}`);
      return log.includes('Server is ready') && portAnswers(port);
    },
    { what: `nats-server on port ${port}` },
  );
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await exited;
  running.delete(child);
}

function portAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
