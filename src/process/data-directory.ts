/**
 * The data directory's two marks: VERSION, the format of what is kept in it, and `lock`, the running `up` that owns
 * it. Knows nothing of what else is in there.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { isRunning, startOf } from './process-identity.ts';

/** Changes when what one version keeps another cannot read. */
export const dataFormatVersion = '2';

export interface Claim {
  /** Whether the last owner ended without releasing, so that its processes may still be ending. */
  readonly wasAbandoned: boolean;
  release(): void;
}

/** Creates the directory where it is missing. Throws Failure when it is another version's. */
export function openDataDirectory(directory: string): void {
  checkDataDirectory(directory);
  const file = versionFile(directory);
  try {
    mkdirSync(directory, { recursive: true });
    if (!existsSync(file)) writeFileSync(file, `${dataFormatVersion}\n`);
  } catch (error) {
    throw new Failure(
      `the data directory ${directory} cannot be made (${codeOf(error)}): set data_dir to another`,
    );
  }
}

/** Throws Failure when the directory is another version's; changes nothing. */
export function checkDataDirectory(directory: string): void {
  if (!existsSync(versionFile(directory))) return;
  const found = readFileSync(versionFile(directory), 'utf8').trim();
  if (found === dataFormatVersion) return;
  throw new Failure(
    `the data directory ${directory} has format ${found || '(empty)'}, this Tidemark has ${dataFormatVersion}: ` +
      'set data_dir to another directory, or run the version that made it',
  );
}

function versionFile(directory: string): string {
  return join(directory, 'VERSION');
}

/** Opens the directory and takes its lock. Throws Failure when a running process has it. */
export function claimDataDirectory(directory: string): Claim {
  openDataDirectory(directory);
  const file = join(directory, 'lock');
  const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  let wasAbandoned = false;
  for (;;) {
    try {
      writeFileSync(file, own, { flag: 'wx' });
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      const owner = ownerOf(file);
      if (owner !== null) {
        throw new Failure(
          `the data directory ${directory} is in use by a running Tidemark (process ${owner}): ` +
            'stop that one, or set data_dir to another directory',
        );
      }
      wasAbandoned = true;
      rmSync(file, { force: true });
    }
  }
  return {
    wasAbandoned,
    release: () => {
      if (existsSync(file) && readFileSync(file, 'utf8') === own) rmSync(file, { force: true });
    },
  };
}

/** The running process that owns the directory; null when there is none. */
export function ownerOfDataDirectory(directory: string): number | null {
  return ownerOf(join(directory, 'lock'));
}

function ownerOf(file: string): number | null {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as {
      pid: number;
      started: string | null;
    };
    return isRunning(pid, started) ? pid : null;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
