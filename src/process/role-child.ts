/**
 * A role (engine, sink, store, gateway, demo) as a child process that runs `tidemark run <role>`, and what the two tell each
 * other: `ready`, or why it cannot start. A role whose parent is gone ends at once.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { limits } from '../../config/limits.ts';
import { Failure } from '../failure.ts';
import type { ChildSpec } from './supervised-child.ts';

export type RoleMessage = { readonly ready: true } | { readonly failed: string };

/** Roles that may wait: on a machine of few cores a merge of the database must not delay a tick. */
const waiting: ReadonlySet<string> = new Set(['store', 'sink']);

const command = fileURLToPath(new URL('../../bin/tidemark.mjs', import.meta.url));

export function roleChild(role: string, logFile: string, configFile: string | undefined): ChildSpec {
  return {
    name: role,
    logFile,
    spawn(log) {
      const config = configFile === undefined ? [] : ['--config', configFile];
      const child = spawn(process.execPath, [command, ...config, 'run', role], {
        detached: true,
        // The store's engine works on libuv's threads, whose number a process cannot raise once it runs.
        env: { UV_THREADPOOL_SIZE: String(limits.storeEngineCallsMax + 4), ...process.env },
        stdio: ['ignore', log, log, 'ipc'],
      });
      if (waiting.has(role) && child.pid !== undefined)
        setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
      return child;
    },
    ready: (child) =>
      new Promise((resolve, reject) => {
        child.once('message', (message: RoleMessage) => {
          if ('ready' in message) resolve();
          else reject(new Failure(`${role}: ${message.failed}`));
        });
      }),
    askToStop(child: ChildProcess) {
      child.kill('SIGTERM');
    },
  };
}

/** To the parent, when there is one that listens. */
export function tellParent(message: RoleMessage): void {
  if (process.connected) process.send?.(message);
}
