/**
 * Where the parts of one installation find each other: the addresses of a configuration, with what the embedded
 * parts default to. Knows no protocol.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ClickHouseAccess } from '../config/clickhouse-options.ts';
import type { Config } from '../config/load.ts';
import type { NatsAccess } from '../streams/sources/nats-access.ts';
import { Failure } from './failure.ts';

export const loopback = '127.0.0.1';

export type ClickHouseAddress = ClickHouseAccess;

/** `nats.url`, or the nats-server that `tidemark up` starts. */
export function natsUrl(config: Config): string {
  return config.nats.url ?? `nats://${loopback}:${config.nats.port}`;
}

/** Who we are at `natsUrl`, and whom we trust there. Throws Failure for a file that cannot be read. */
export function natsAccess({ nats }: Config): NatsAccess {
  const { url, user, password, token, nkey, creds_file, ca_file, cert_file, key_file } = nats;
  return {
    user,
    password: user === null ? null : password,
    token,
    nkey,
    creds: fileOf('nats.creds_file', creds_file),
    ca: fileOf('nats.ca_file', ca_file),
    cert: fileOf('nats.cert_file', cert_file),
    key: fileOf('nats.key_file', key_file),
    needsTls: url?.includes('tls://') === true || ca_file !== null || cert_file !== null,
  };
}

function fileOf(key: string, path: string | null): string | null {
  if (path === null) return null;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${key}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? ''})`);
  }
}

/** `clickhouse.url`, or the store that `tidemark up` starts, with the password that it keeps in the data directory. */
export function clickHouseAddress(config: Config): ClickHouseAddress {
  const { url, user, password, ca_file, database } = config.clickhouse;
  if (url !== null) return { url, user, password, database, ca: fileOf('clickhouse.ca_file', ca_file) };
  const kept = storePasswordFile(config);
  return {
    url: `http://${loopback}:${config.store.port}`,
    user: 'default',
    password: existsSync(kept) ? readFileSync(kept, 'utf8').trim() : '',
    database,
  };
}

export interface WantedPort {
  readonly key: string;
  readonly port: number;
  readonly host: string;
}

/** Where what `tidemark up` starts listens. */
export function wantedPorts(config: Config): WantedPort[] {
  const { nats, clickhouse, store, http } = config;
  return [
    ...(nats.url === null ? [{ key: 'nats.port', port: nats.port, host: loopback }] : []),
    ...(clickhouse.url === null ? [{ key: 'store.port', port: store.port, host: loopback }] : []),
    { key: 'http.port', port: http.port, host: http.host },
  ];
}

/** Of the gateway, as it listens: where that is on every address, as this machine reaches it. */
export function gatewayUrl(config: Config): string {
  const { host, port } = config.http;
  const reached = host === '0.0.0.0' || host === '::' ? loopback : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

export function dataDirectory(config: Config): string {
  return resolve(config.data_dir);
}

export function natsDirectory(config: Config): string {
  return join(dataDirectory(config), 'nats');
}

/** Made by the store at its first start. */
export function storePasswordFile(config: Config): string {
  return join(dataDirectory(config), 'store', 'password');
}

export function logDirectory(config: Config): string {
  return join(dataDirectory(config), 'logs');
}
