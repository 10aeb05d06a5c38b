/** The log files of child processes: opened to append, cut when they grow too long. Knows nothing of what is in them. */
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { limits } from '../../config/limits.ts';

/**
 * A descriptor that a child writes to by itself, so that what it says at its very end is kept even when its parent is
 * gone.
 */
export function openLogFile(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  trimLogFile(path);
  return openSync(path, 'a');
}

/** Moves the content aside to `<path>.1` when it is above the bound. Writers append, so they go on at the start. */
export function trimLogFile(path: string): void {
  if (!existsSync(path) || statSync(path).size <= limits.childLogBytesMax) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** What a process said last, as a person would read it. */
export function lastWords(path: string, linesMax = 3): string {
  if (!existsSync(path)) return '';
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.slice(-linesMax).map(inWords).join('\n');
}

/** A line of a role's log is JSON; what a process says when it cannot even start is not. */
function inWords(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return [msg, err?.message].filter((part) => part !== undefined).join(': ');
  } catch {
    return line;
  }
}
