/** Requests to a gateway, for tests: JSON in and out, with a token where one is needed; and its OpenAPI document. */
import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { Json } from './running-tidemark.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; fails where it is none. */
  readonly json: Json;
}

export interface Operation {
  readonly method: string;
  /** As in the document: /api/v1/accounts/{id}. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: object | null;
  readonly needsToken: boolean;
  /** JSON Schema of a status' JSON body; null where the document has none. */
  schemaOf(status: number): object | null;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Json;
}

interface Document {
  readonly security?: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface DocumentOperation {
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly object[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export class GatewayClient {
  readonly url: string;
  readonly token: string | null;

  constructor(url: string, token: string | null = null) {
    this.url = url;
    this.token = token;
  }

  as(token: string | null): GatewayClient {
    return new GatewayClient(this.url, token);
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  async send(
    method: string,
    path: string,
    body: string | undefined,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }), ...headers },
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      get json() {
        return JSON.parse(text) as Json;
      },
    };
  }

  /** The JSON of an answer that is to be 200. */
  async ok(path: string): Promise<Json> {
    const answer = await this.get(path);
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    return answer.json;
  }

  async operations(): Promise<Operation[]> {
    const document = (await this.ok('/docs/json')) as unknown as Document;
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        parameters: operation.parameters ?? [],
        body: operation.requestBody?.content?.['application/json']?.schema ?? null,
        needsToken: (operation.security ?? document.security ?? []).length > 0,
        schemaOf: (status) => {
          const { responses } = operation;
          const content = (responses[status] ?? responses[`${String(status)[0] ?? ''}XX`])?.content ?? {};
          return Object.values(content)[0]?.schema ?? null;
        },
      })),
    );
  }
}

/** The path with an account wherever the operation names one, in its path and in its query. */
export function filled({ path, parameters }: Operation, account: string): string {
  const names = (name: string): boolean =>
    parameters.some((each) => each.in === 'query' && each.name === name);
  const query = names('account_id') ? `?account_id=${account}` : '';
  return `${path.replace('{id}', account)}${query}`;
}

const ajv = new Ajv({ strict: false });
addFormats.default(ajv);

/** Fails with what is wrong. */
export function assertFits(schema: object | null, value: unknown, what: string): void {
  assert.ok(schema !== null, `${what} has a schema`);
  const fits = ajv.compile(schema);
  assert.ok(fits(value), `${what}: ${ajv.errorsText(fits.errors)}`);
}
