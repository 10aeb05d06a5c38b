/**
 * What a request says beside its statement: credentials, database, parameters, settings, id, default format. Reads
 * the URL, the headers and the fields of a form; judges none of it.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { limits } from '../../config/limits.ts';
import { StoreError } from './store-error.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface RequestParameters {
  readonly credentials: Credentials;
  readonly query: string;
  readonly queryId: string;
  readonly database: string;
  readonly defaultFormat: string;
  /** Name without `param_` -> value, in the escaped form of TabSeparated. */
  readonly bound: ReadonlyMap<string, string>;
  readonly settings: ReadonlyMap<string, string>;
  readonly compressResponse: boolean;
}

/** Parameters of the protocol that are no settings. `session_*` and `role`: taken, without effect. */
const protocolNames = new Set(
  [
    'query',
    'query_id',
    'database',
    'default_format',
    'user',
    'password',
    'quota_key',
    'stacktrace',
    'role',
  ].concat(
    ['session_id', 'session_timeout', 'session_check', 'close_session', 'wait_end_of_query', 'buffer_size'],
    ['compress', 'decompress', 'client_protocol_version', 'interserver_scope'],
  ),
);

export function readParameters(
  request: IncomingMessage,
  url: URL,
  form: ReadonlyMap<string, string> = new Map(),
): RequestParameters {
  const header = (name: string): string | undefined => request.headers[name.toLowerCase()]?.toString();
  const bound = new Map<string, string>();
  const settings = new Map<string, string>();
  for (const [name, value] of [...url.searchParams, ...form]) {
    if (name.startsWith('param_')) bound.set(name.slice('param_'.length), value);
    else if (!protocolNames.has(name)) settings.set(name, value);
  }
  for (const flag of ['compress', 'decompress']) {
    if (isOn(url.searchParams.get(flag))) {
      const message = `ClickHouse's own block compression (${flag}=1) is not supported: use enable_http_compression`;
      throw new StoreError(48, 'NOT_IMPLEMENTED', message);
    }
  }
  forbidWritesOfGet(request, settings);
  return {
    credentials: readCredentials(request, url),
    query: url.searchParams.get('query') ?? form.get('query') ?? '',
    queryId: url.searchParams.get('query_id') ?? header('X-ClickHouse-Query-Id') ?? randomUUID(),
    database: url.searchParams.get('database') ?? header('X-ClickHouse-Database') ?? '',
    defaultFormat: url.searchParams.get('default_format') ?? header('X-ClickHouse-Format') ?? 'TabSeparated',
    bound,
    settings,
    compressResponse: isOn(settings.get('enable_http_compression')),
  };
}

const isOn = (value: string | null | undefined): boolean => value === '1' || value === 'true';

/** As on a server: what came by GET may not write, whatever its settings say. */
function forbidWritesOfGet(request: IncomingMessage, settings: Map<string, string>): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') return;
  if ((settings.get('readonly') ?? '0') === '0') settings.set('readonly', '2');
}

function readCredentials(request: IncomingMessage, url: URL): Credentials {
  const { authorization } = request.headers;
  const basic = authorization === undefined ? null : /^basic\s+(.*)$/i.exec(authorization);
  if (basic !== null) {
    const [user = '', ...password] = Buffer.from(basic[1] ?? '', 'base64')
      .toString()
      .split(':');
    return { user: user || 'default', password: password.join(':') };
  }
  const user = request.headers['x-clickhouse-user'] ?? url.searchParams.get('user') ?? 'default';
  const password = request.headers['x-clickhouse-key'] ?? url.searchParams.get('password') ?? '';
  return { user: user.toString(), password: password.toString() };
}

/** The fields of a form: how clients send a query whose parameters are too long for a URL. */
export async function readForm(
  request: IncomingMessage,
  body: AsyncIterable<Buffer>,
): Promise<Map<string, string>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limits.storeBodyBytesInMemoryMax) {
      const message = `Form is too large: the most is ${limits.storeBodyBytesInMemoryMax} bytes`;
      throw new StoreError(229, 'QUERY_IS_TOO_LARGE', message);
    }
    chunks.push(chunk);
  }
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  // Deprecated for uploads without bound: this one has its bound above.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const fields = await new Response(Buffer.concat(chunks), { headers }).formData();
  const form = new Map<string, string>();
  for (const [name, value] of fields) {
    if (typeof value !== 'string')
      throw new StoreError(48, 'NOT_IMPLEMENTED', 'External tables are not supported');
    form.set(name, value);
  }
  return form;
}
