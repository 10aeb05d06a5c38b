/**
 * The store's part of the data directory: its format version, the password, who holds it, the engine's files. Knows
 * nothing of the engine and of HTTP.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { limits } from '../../config/limits.ts';
import { isAlive } from '../process/is-alive.ts';

/** Raised when a newer store could not read what this one writes. */
const formatVersion = '1';

export interface StoreDirectory {
  readonly password: string;
  readonly engineDirectory: string;
  readonly engineConfigFile: string;
  readonly spoolDirectory: string;
  /** Remembers this process as the holder. */
  hold(): Promise<void>;
  /** Another living process that holds the directory; null when there is none. */
  holder(): Promise<number | null>;
  release(): Promise<void>;
}

export async function openStoreDirectory(dataDir: string): Promise<StoreDirectory> {
  // Absolute: the engine reads spooled files by their path, and is not told where this process runs.
  const root = resolve(dataDir, 'store');
  const path = (name: string): string => join(root, name);
  await mkdir(path('engine'), { recursive: true, mode: 0o700 });
  await checkVersion(path('VERSION'), dataDir);
  const password = await keptPassword(path('password'));
  await writeFile(path('engine.xml'), engineConfig(), { mode: 0o600 });
  await mkdir(path('spool'), { recursive: true, mode: 0o700 });
  const holderFile = path('holder.pid');
  return {
    password,
    engineDirectory: path('engine'),
    engineConfigFile: path('engine.xml'),
    spoolDirectory: path('spool'),
    async hold() {
      // What an earlier process had received and not yet inserted was never answered: its sender sends it again.
      await rm(path('spool'), { recursive: true, force: true });
      await mkdir(path('spool'), { mode: 0o700 });
      await writeFile(holderFile, String(process.pid));
    },
    async holder() {
      const pid = Number(await readFile(holderFile, 'utf8').catch(() => '0'));
      return pid > 0 && pid !== process.pid && isAlive(pid) ? pid : null;
    },
    release: () => rm(holderFile, { force: true }),
  };
}

async function checkVersion(file: string, dataDir: string): Promise<void> {
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found === null) await writeFile(file, `${formatVersion}\n`);
  else if (found.trim() !== formatVersion) {
    throw new Error(
      `the data directory ${dataDir} was written by another version of the store ` +
        `(format ${found.trim()}, this one reads ${formatVersion}): change data_dir, or use that version`,
    );
  }
}

async function keptPassword(file: string): Promise<string> {
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  const password = kept === '' ? randomBytes(24).toString('base64url') : kept;
  if (kept === '') await writeFile(file, `${password}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  return password;
}

function engineConfig(): string {
  return [
    '<clickhouse>',
    `  <max_server_memory_usage>${limits.storeEngineMemoryBytesMax}</max_server_memory_usage>`,
    `  <mark_cache_size>${limits.storeMarkCacheBytesMax}</mark_cache_size>`,
    `  <uncompressed_cache_size>0</uncompressed_cache_size>`,
    '  <storage_configuration><disks><default>',
    `    <keep_free_space_bytes>${limits.storeDiskKeptFreeBytes}</keep_free_space_bytes>`,
    '  </default></disks></storage_configuration>',
    '</clickhouse>',
    '',
  ].join('\n');
}
