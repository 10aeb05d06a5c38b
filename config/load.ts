/**
 * The configuration of a process: default.yaml, then the file named by --config or TIDEMARK_CONFIG, then
 * TIDEMARK_* variables. Owns the merging and the telling of everything that is wrong at once; knows no key.
 */
import { existsSync, readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { Kind, Problem } from './kind.ts';
import { isRecord, soundsSecret } from './kind.ts';
import { credentialsOf } from './credentials.ts';
import { limits } from './limits.ts';
import { isLoopback } from './loopback.ts';
import { parsePeriodMs } from './period.ts';
import { schema, type Config } from './schema.ts';

export type { Config } from './schema.ts';

export interface LoadOptions {
  /** Path of a YAML file; over TIDEMARK_CONFIG. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Everything that is wrong with a configuration, told at once. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const lines = problems.map(
      ({ key, value, allowed }) => `  ${key}: ${shown(value)} is not allowed; allowed: ${allowed}`,
    );
    super(
      `the configuration has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}:\n${lines.join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const defaultFile = new URL('default.yaml', import.meta.url);
const envPrefix = 'TIDEMARK_';
/** What Kubernetes sets in every container beside a service named tidemark-something. */
const serviceLink = /_SERVICE_(HOST|PORT)(_\w+)?$|_PORT_\d+_(TCP|UDP)(_\w+)?$/;

/** Throws ConfigError. */
export function loadConfig({ file, env }: LoadOptions): Config {
  const problems: Problem[] = [];
  const path = file ?? env['TIDEMARK_CONFIG'];
  const merged = [
    readYaml(defaultFile, 'default.yaml', problems),
    path === undefined || path === '' ? {} : readYaml(path, path, problems),
    readEnvironment(env, problems),
  ].reduce(merge);
  problems.push(...schema.problems('', merged), ...contradictions(merged));
  if (problems.length > 0) throw new ConfigError(problems);
  return merged as unknown as Config;
}

/** The environment variable of every key. */
export function environmentKeys(): ReadonlyMap<
  string,
  { readonly key: string; readonly kind: Kind<unknown> }
> {
  const found = new Map<string, { key: string; kind: Kind<unknown> }>();
  const walk = (path: string[], kind: Kind<unknown>): void => {
    if (kind.fields === undefined)
      found.set(envPrefix + path.join('_').toUpperCase(), { key: path.join('.'), kind });
    else for (const [name, each] of Object.entries(kind.fields)) walk([...path, name], each);
  };
  walk([], schema);
  return found;
}

function readYaml(path: string | URL, name: string, problems: Problem[]): Record<string, unknown> {
  if (!existsSync(path)) {
    problems.push({ key: '--config', value: name, allowed: 'the path of a file that exists' });
    return {};
  }
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false });
  for (const { message, pos } of document.errors) {
    problems.push({ key: `${name}, line ${lines.linePos(pos[0]).line}`, value: message, allowed: 'YAML' });
  }
  if (document.errors.length > 0) return {};
  const value: unknown = document.toJS() ?? {};
  if (isRecord(value)) return value;
  problems.push({ key: name, value, allowed: 'a map of keys, as in config/default.yaml' });
  return {};
}

function readEnvironment(env: LoadOptions['env'], problems: Problem[]): Record<string, unknown> {
  const keys = environmentKeys();
  let found: Record<string, unknown> = {};
  for (const [name, raw] of Object.entries(env)) {
    if (!name.startsWith(envPrefix) || name === 'TIDEMARK_CONFIG' || raw === undefined) continue;
    const known = keys.get(name);
    if (known === undefined) {
      if (!serviceLink.test(name) && !raw.startsWith('tcp://'))
        problems.push({
          key: name,
          value: soundsSecret(name) ? '(hidden)' : raw,
          allowed: 'no such key in config/default.yaml',
        });
      continue;
    }
    found = merge(found, nested(known.key.split('.'), parseVariable(raw, known.kind)));
  }
  return found;
}

function parseVariable(raw: string, kind: Kind<unknown>): unknown {
  if (raw === '' && kind.problems('', null).length === 0) return null;
  if (kind.isText) return raw;
  const document = parseDocument(raw, { prettyErrors: false });
  return document.errors.length > 0 ? raw : (document.toJS() as unknown);
}

/** What no single key can judge. */
function contradictions(merged: Record<string, unknown>): Problem[] {
  const found: Problem[] = [];
  const ports = new Map<unknown, string>();
  for (const key of ['nats.port', 'store.port', 'http.port']) {
    const [name = '', leaf = ''] = key.split('.');
    const part = merged[name];
    const value = isRecord(part) ? part[leaf] : undefined;
    const other = ports.get(value);
    if (other !== undefined) found.push({ key, value, allowed: `another port than ${other}` });
    else if (value !== undefined) ports.set(value, key);
  }
  const prices = merged['prices'];
  const sources: unknown = isRecord(prices) ? prices['sources'] : undefined;
  for (const [i, source] of (Array.isArray(sources) ? sources : []).entries()) {
    if (!isRecord(source) || source['price'] !== undefined) continue;
    if (source['bid'] === undefined || source['ask'] === undefined) {
      found.push({
        key: `prices.sources[${i}]`,
        value: source,
        allowed: 'a record with price, or with bid and ask',
      });
    }
  }
  found.push(
    ...shorterThanFiner(merged['retention']),
    ...openToAll(merged['http'], merged['auth']),
    ...receiversOf(merged['webhooks']),
    ...credentialsOf(merged['nats'], merged['clickhouse']),
  );
  return found;
}

function merge(lower: Record<string, unknown>, upper: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...lower };
  for (const [name, value] of Object.entries(upper)) {
    const below = merged[name];
    merged[name] = isRecord(below) && isRecord(value) ? merge(below, value) : value;
  }
  return merged;
}

function nested(path: readonly string[], value: unknown): Record<string, unknown> {
  const [head = '', ...rest] = path;
  return { [head]: rest.length === 0 ? value : nested(rest, value) };
}

/** Without what may stand for a user in a url. */
function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).replaceAll(/\/\/[^/\s"]*@/g, '//***@');
}

/** A gateway that others can reach knows them by their tokens, and their tokens by one key. */
function openToAll(http: unknown, auth: unknown): Problem[] {
  if (!isRecord(http) || !isRecord(auth)) return [];
  const { mode, secret, jwks_url } = auth;
  const { host } = http;
  if (mode === 'none') {
    return typeof host === 'string' && isLoopback(host)
      ? []
      : [{ key: 'auth.mode', value: mode, allowed: 'jwt, since http.host is not loopback' }];
  }
  if (mode !== 'jwt' || (secret === null) !== (jwks_url === null)) return [];
  return [{ key: 'auth.mode', value: mode, allowed: 'either auth.secret or auth.jwks_url with it' }];
}

/** A receiver is known by its url: that is where its position is kept under. */
function receiversOf(webhooks: unknown): Problem[] {
  if (!Array.isArray(webhooks)) return [];
  const urls = webhooks.map((each: unknown) => (isRecord(each) ? each['url'] : undefined));
  const repeated = urls.flatMap((url, i) =>
    url !== undefined && urls.indexOf(url) < i
      ? [
          {
            key: `webhooks[${i}].url`,
            value: '(hidden)',
            allowed: 'another url than the receivers before it',
          },
        ]
      : [],
  );
  const { webhookReceiversMax: max } = limits;
  return webhooks.length <= max
    ? repeated
    : [...repeated, { key: 'webhooks', value: '(hidden)', allowed: `${max} receivers at most` }];
}

/** A rollup that went before the rows it stands for would leave nothing of them. */
function shorterThanFiner(retention: unknown): Problem[] {
  if (!isRecord(retention)) return [];
  const lengthOf = (value: unknown): number =>
    value === 'forever' ? Infinity : typeof value === 'string' ? (parsePeriodMs(value) ?? NaN) : NaN;
  const resolutions = ['rows', 'minutes', 'hours', 'days'];
  return resolutions.slice(1).flatMap((name, at) => {
    const finer = resolutions[at] ?? '';
    return lengthOf(retention[name]) < lengthOf(retention[finer])
      ? [
          {
            key: `retention.${name}`,
            value: retention[name],
            allowed: `as long as retention.${finer} or longer`,
          },
        ]
      : [];
  });
}
