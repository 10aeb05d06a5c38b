/**
 * What `doctor` looks at: each check gives what it found in a few words, or fails with what to do about it. Knows
 * nothing of how they are shown.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { instrumentsBucket, streamDefinitions } from '../../streams/sources/stream-definitions.ts';
import { dataDirectory, wantedPorts } from '../addresses.ts';
import { Failure } from '../failure.ts';
import { checkDataDirectory, ownerOfDataDirectory } from '../process/data-directory.ts';
import { findNatsServer } from '../process/find-nats-server.ts';
import { isPortFree } from '../process/port.ts';
import { withNats } from '../client/nats.ts';
import { withStore } from '../client/store.ts';
import { engineChecks } from './doctor-engine.ts';
import { gatewayChecks } from './doctor-gateway.ts';

export interface Check {
  readonly name: string;
  /** Another check without which this one can find nothing. */
  readonly needs?: string;
  /** What was found. Throws, with what to do, when it is not well. */
  run(): Promise<string> | string;
}

const execute = promisify(execFile);

export function checksOf(config: Config): Check[] {
  const isEmbedded = { nats: config.nats.url === null, store: config.clickhouse.url === null };
  return [
    { name: 'data directory', run: () => directory(config) },
    { name: 'disk space', run: () => diskSpace(config) },
    ...(isEmbedded.nats ? [{ name: 'nats-server', run: natsServer }] : []),
    ...(isEmbedded.store ? [{ name: 'embedded ClickHouse', run: embeddedEngine }] : []),
    { name: 'ports', run: () => ports(config) },
    { name: 'NATS', run: () => nats(config) },
    { name: 'streams', needs: 'NATS', run: () => streams(config) },
    ...engineChecks(config),
    { name: 'ClickHouse', run: () => clickHouse(config) },
    { name: 'clock', needs: 'ClickHouse', run: () => clock(config) },
    ...gatewayChecks(config),
  ];
}

function directory(config: Config): string {
  const path = dataDirectory(config);
  checkDataDirectory(path);
  const owner = ownerOfDataDirectory(path);
  if (owner !== null) return `${path}, in use by process ${owner}`;
  const existing = firstExisting(path);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    throw new Failure(`${existing} cannot be written: set data_dir to another directory`);
  }
  return `${path}, ${existing === path ? 'not in use' : 'not made yet'}`;
}

async function diskSpace(config: Config): Promise<string> {
  const { bavail, bsize } = await statfs(firstExisting(dataDirectory(config)));
  const free = bavail * bsize;
  const text = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  if (free < limits.freeDiskBytesMin)
    throw new Failure(`only ${text}: make room, or set data_dir to another disk`);
  return text;
}

async function natsServer(): Promise<string> {
  const binary = findNatsServer();
  if (binary === null)
    throw new Failure('missing: run `node scripts/setup.mjs`, or put nats-server 2.9 or newer on the PATH');
  const { stdout } = await execute(binary, ['--version'], { timeout: limits.doctorCheckMsMax });
  const [, major = '0', minor = '0'] = /v(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 9)) {
    throw new Failure(`${binary} is ${stdout.trim()}: version 2.9 or newer is needed`);
  }
  return `${stdout.trim()}, ${binary}`;
}

async function embeddedEngine(): Promise<string> {
  const { loadNative } = await import('../store/native.ts');
  try {
    loadNative();
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Failure(
      `cannot be loaded (${why}): it runs on Linux with glibc and on macOS; elsewhere set clickhouse.url to a ClickHouse`,
    );
  }
  return 'can be loaded';
}

/** Ports of what `up` starts: free, or in use by it. */
async function ports(config: Config): Promise<string> {
  const isUp = ownerOfDataDirectory(dataDirectory(config)) !== null;
  const told: string[] = [];
  for (const { key, port, host } of wantedPorts(config)) {
    const isFree = await isPortFree(port, host);
    if (!isFree && !isUp) throw new Failure(`${port} is taken by another program: set ${key} to a free port`);
    told.push(`${key} ${port} ${isFree ? 'free' : 'in use by this Tidemark'}`);
  }
  return told.join(', ');
}

function nats(config: Config): Promise<string> {
  return withNats(config, (door) => {
    const { version, jetstream, max_payload } = door.connection.info ?? {};
    if (jetstream !== true)
      throw new Failure(`${door.url} has no JetStream: start nats-server with --jetstream`);
    return Promise.resolve(
      `${door.url}, version ${version}, JetStream on, messages up to ${max_payload} bytes`,
    );
  });
}

function streams(config: Config): Promise<string> {
  const wanted = [...streamDefinitions(config).map(({ name }) => name), `KV_${instrumentsBucket}`];
  return withNats(config, async (door) => {
    const missing: string[] = [];
    for (const name of wanted) {
      if ((await door.range(name)) === null) missing.push(name);
    }
    if (missing.length > 0) {
      throw new Failure(
        `missing: ${missing.join(', ')}; the engine makes them at its start, see \`tidemark up\``,
      );
    }
    return wanted.join(', ');
  });
}

function clickHouse(config: Config): Promise<string> {
  return withStore(config, async (door) => {
    const [row] = await door.rows<{ version: string; tables: string }>(
      'SELECT version() AS version, (SELECT count() FROM system.tables WHERE database = {database:String}) AS tables',
      { database: config.clickhouse.database },
    );
    if (row === undefined || row.tables === '0') {
      throw new Failure(
        `no tables in database ${config.clickhouse.database}: the sink makes them at its start`,
      );
    }
    return `version ${row.version}, ${row.tables} tables and views`;
  });
}

/** Ticks, session days and price ages are the clock's: two machines that disagree tell two stories. */
function clock(config: Config): Promise<string> {
  return withStore(config, async (door) => {
    const before = Date.now();
    const [row] = await door.rows<{ ms: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS ms');
    const apart = Math.round(Math.abs(Number(row?.ms) - (before + Date.now()) / 2));
    if (!(apart <= limits.doctorClockMsMax)) {
      throw new Failure(`this machine and ClickHouse are ${apart} ms apart: let both keep time by NTP`);
    }
    return `${apart} ms apart from ClickHouse's; session days end ${config.accounts.cutover} ${config.accounts.timezone}`;
  });
}

function firstExisting(path: string): string {
  return existsSync(path) ? path : firstExisting(dirname(path));
}
