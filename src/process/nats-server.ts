/**
 * nats-server as a child process: its configuration, how it is started, seen to serve and ended. JetStream keeps its
 * files below the data directory. Knows no stream.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import { natsGreeting } from './port.ts';
import type { ChildSpec } from './supervised-child.ts';

export interface NatsServerOptions {
  readonly binary: string;
  readonly host: string;
  readonly port: number;
  /** For the configuration, the process id and JetStream's files. */
  readonly directory: string;
  readonly logFile: string;
}

/** The name that the server greets with, by which another Tidemark's is recognised. */
export const natsServerName = 'tidemark';

/**
 * nats-server cannot be told to end with its parent, so a shell stands between: standard input is a pipe from the
 * parent, and its end, by demand or because the parent was killed, ends the server in order.
 */
const guard = `
exec 3<&0
"$@" </dev/null &
server=$!
( read -r _ <&3; kill -TERM "$server" ) 2>/dev/null &
exec 3<&-
wait "$server"
`;

export function natsServerChild(options: NatsServerOptions): ChildSpec {
  const { binary, host, port, directory, logFile } = options;
  return {
    name: 'nats-server',
    logFile,
    spawn(log) {
      mkdirSync(directory, { recursive: true });
      const file = join(directory, 'nats-server.conf');
      writeFileSync(file, natsServerConfiguration(options));
      return spawn('sh', ['-c', guard, 'sh', binary, '--config', file], {
        detached: true,
        stdio: ['pipe', log, log],
      });
    },
    ready: (child) => answers(host, port, child),
    askToStop(child: ChildProcess) {
      child.stdin?.end();
    },
  };
}

function natsServerConfiguration({ host, port, directory, logFile }: NatsServerOptions): string {
  const quoted = (text: string): string => JSON.stringify(text);
  return `# Written by tidemark up at each start; changes here are lost.
server_name: ${quoted(natsServerName)}
listen: ${quoted(`${host}:${port}`)}
pid_file: ${quoted(join(directory, 'nats-server.pid'))}
log_file: ${quoted(logFile)}
logfile_size_limit: ${limits.childLogBytesMax}
max_payload: ${limits.natsPayloadBytesMax}
max_pending: ${limits.natsPendingBytesMax}
jetstream {
  store_dir: ${quoted(directory)}
  max_memory_store: ${limits.natsMemoryStoreBytesMax}
}
`;
}

/** Without a bound of its own: the supervisor has one, and no server answers once the child has ended. */
async function answers(host: string, port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if ((await natsGreeting(host, port)) !== null) return;
    await sleep(limits.readinessPollMs);
  }
}
