/**
 * Hostile requests to the gateway by its OpenAPI document: each parameter and body is good, or mutated, or nothing of the
 * kind. Chance with a seed. Knows nothing of answers.
 */
import type { Random } from '../../src/random.ts';
import type { Operation, Parameter } from '../../test/support/gateway-client.ts';

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

type Schema = Readonly<Record<string, unknown>>;

const texts = [
  '',
  ' ',
  '7',
  'nobody',
  '-1',
  '0',
  '1',
  '1.5',
  '1e309',
  'NaN',
  'null',
  'true',
  '[]',
  '{}',
  '9007199254740993',
  '9'.repeat(400),
  'x'.repeat(3000),
  "' OR 1=1 --",
  `"`,
  '\\',
  '%',
  '%00',
  '\u0000',
  '\u202e',
  '😀',
  '../..',
  '${7*7}',
  '2026-02-30',
  '2026-13-01T25:61:00Z',
  '0000-00-00',
  '1969-12-31',
  '2300-01-01',
  '2026-01-01',
  '+275760-09-13',
  '2026-01-31T17:00:00-05:00',
  "toDateTime('2026')",
  '_',
  '*',
  '>',
  'a.b',
  '__proto__',
  'constructor',
  '1h',
  'all',
  'id',
  Buffer.from('["0","0"]').toString('base64url'),
  Buffer.from('["2026-01-01"]').toString('base64url'),
  Buffer.from('[null,{}]').toString('base64url'),
];
const headers: readonly (readonly [string, readonly string[]])[] = [
  ['accept', ['text/csv', '*/*', 'image/png', 'text/csv;q=x, ,', 'x'.repeat(500)]],
  ['accept-encoding', ['gzip', 'br;q=0.1', 'x', 'identity;q=0']],
  ['if-none-match', ['*', 'W/"x"', 'x'.repeat(2000)]],
  ['idempotency-key', ['same', 'a b', 'x'.repeat(300), '\u00e9']],
  ['authorization', ['Bearer x.y.z', 'Basic Og==', 'x'.repeat(9000)]],
  ['content-encoding', ['gzip', 'x']],
  ['range', ['bytes=0-1', 'bytes=9-0']],
  ['x-http-method-override', ['DELETE']],
];
const types = [
  'application/json',
  'application/json; charset=x',
  'text/plain',
  'application/x-www-form-urlencoded',
  'x',
];
const methods = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];

export function hostileRequest(random: Random, operations: readonly Operation[]): HostileRequest {
  const operation = random.pick(operations);
  const method = random.chance(0.1) ? random.pick(methods) : operation.method;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return {
    method,
    path: pathOf(random, operation),
    headers: {
      ...(hasBody ? { 'content-type': random.chance(0.1) ? random.pick(types) : 'application/json' } : {}),
      ...(random.chance(0.3) ? headerOf(random) : {}),
    },
    body: hasBody ? bodyOf(random, operation.body) : undefined,
  };
}

function headerOf(random: Random): Record<string, string> {
  const [name, values] = random.pick(headers);
  return { [name]: random.pick(values) };
}

function pathOf(random: Random, { path, parameters }: Operation): string {
  const id = random.chance(0.15) ? '7' : random.pick(texts);
  const filled = path.replace('{id}', random.chance(0.05) ? '%zz' : encodeURIComponent(id));
  const query = parameters
    .filter((each) => each.in === 'query' && (each.required === true || random.chance(0.4)))
    .flatMap((each) => pairsOf(random, each));
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

function pairsOf(random: Random, { name, schema }: Parameter): string[] {
  const value = random.chance(0.4) ? String(goodValue(random, schema)) : random.pick(texts);
  const pair = `${name}${random.chance(0.05) ? '[]' : ''}=${encodeURIComponent(value)}`;
  return random.chance(0.05) ? [pair, pair] : [pair];
}

function goodValue(random: Random, schema: Schema): unknown {
  const choices = schema['enum'];
  if (Array.isArray(choices)) return random.pick(choices as unknown[]);
  const kind: unknown = Array.isArray(schema['type']) ? random.pick(schema['type']) : schema['type'];
  switch (kind) {
    case 'integer':
      return random.integer(Number(schema['minimum'] ?? 0), Number(schema['maximum'] ?? 100));
    case 'number':
      return Math.round(random.between(-100, 100)) / 4;
    case 'boolean':
      return random.chance(0.5);
    default:
      return random.pick(['7', '2026-01-01', '2026-12-31T00:00:00Z', 'AAPL', '10.5']);
  }
}

function bodyOf(random: Random, schema: object | null): string {
  const properties = Object.entries(
    ((schema as Schema | null)?.['properties'] ?? {}) as Record<string, Schema>,
  );
  const good = Object.fromEntries(
    properties
      .filter(() => random.chance(0.95))
      .map(([name, each]) => [name, random.chance(0.8) ? goodValue(random, each) : junk(random)]),
  );
  const text = JSON.stringify(random.chance(0.9) ? good : junk(random));
  switch (random.integer(0, 19)) {
    case 0:
      return text.slice(0, random.integer(0, text.length));
    case 1:
      return `\ufeff${text}`;
    case 2:
      return '['.repeat(5_000);
    case 3:
      return text.replace('{', '{"__proto__":{"x":1},');
    case 4:
      return `{"amount":1e400,${text.slice(1)}`;
    case 5:
      return text + 'x'.repeat(70_000);
    default:
      return text;
  }
}

function junk(random: Random): unknown {
  return random.pick<unknown>([
    null,
    true,
    [],
    {},
    [[1]],
    { a: { b: null } },
    -0,
    1e308,
    2 ** 53 + 2,
    0.1 + 0.2,
    ...texts,
  ]);
}
