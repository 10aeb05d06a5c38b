/** What a process says of itself where it is asked how it is. */
import { version } from '../../src/version.ts';

export interface ProcessStats {
  readonly role: string;
  readonly pid: number;
  readonly version: string;
  readonly uptime_ms: number;
  readonly memory: {
    readonly resident_bytes: number;
    readonly heap_bytes: number;
    readonly external_bytes: number;
  };
}

export function processStats(role: string): ProcessStats {
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    role,
    pid: process.pid,
    version,
    uptime_ms: Math.round(process.uptime() * 1000),
    memory: { resident_bytes: rss, heap_bytes: heapUsed, external_bytes: external },
  };
}
