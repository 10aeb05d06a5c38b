/**
 * Where the parts of one installation find each other: the addresses of a configuration, with what the embedded
 * parts default to. Knows no protocol.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config/load.ts';

export const loopback = '127.0.0.1';

export interface ClickHouseAddress {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** `nats.url`, or the nats-server that `tidemark up` starts. */
export function natsUrl(config: Config): string {
  return config.nats.url ?? `nats://${loopback}:${config.nats.port}`;
}

/** `clickhouse.url`, or the store that `tidemark up` starts, with the password that it keeps in the data directory. */
export function clickHouseAddress(config: Config): ClickHouseAddress {
  const { url, user, password, database } = config.clickhouse;
  if (url !== null) return { url, user, password, database };
  const kept = storePasswordFile(config);
  return {
    url: `http://${loopback}:${config.store.port}`,
    user: 'default',
    password: existsSync(kept) ? readFileSync(kept, 'utf8').trim() : '',
    database,
  };
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
