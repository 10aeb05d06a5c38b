/**
 * Which process this is, told apart from every other one of this machine, and whether one of the same machine has
 * ended. Knows nothing of what a process owns.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../../streams/sources/lease-record.ts';
import { isAlive } from './is-alive.ts';

/** Of this process. Outside Linux only host and pid are known, and nobody judges such a process from outside. */
export function processIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    boot: readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: readOrNull(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    started: startOf(process.pid),
  };
}

/**
 * Whether a process surely lives no more. False where this one cannot know: another machine, another boot of it (two
 * machines may share a name), another pid namespace, a system without /proc.
 */
export function hasEnded(other: ProcessIdentity): boolean {
  const own = processIdentity();
  if (own.boot === null || own.namespace === null || other.started === null) return false;
  if (other.host !== own.host || other.boot !== own.boot || other.namespace !== own.namespace) return false;
  return !isRunning(other.pid, other.started);
}

/** A process id is used again some day: the moment of its start tells the two apart. */
export function isRunning(pid: number, started: string | null): boolean {
  return isAlive(pid) && startOf(pid) === started;
}

/** Clock ticks between the machine's start and the process's; null where the system does not tell (outside Linux). */
export function startOf(pid: number): string | null {
  return readOrNull(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may itself hold spaces and brackets. The start is field 22 of the whole line.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  });
}

function readOrNull(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
