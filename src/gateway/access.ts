/**
 * Who may do what: the one place where a route says which account it concerns, and where that is held against the token.
 * A route that says nothing is not taken on. Counts the requests of each token.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from '../../config/loopback.ts';
import { isId } from '../domain/identifier.ts';
import type { Authenticate, Identity } from './identity.ts';
import { Problem } from './problem.ts';

/**
 * `path`: the account of the parameter `id`; `query`: that of `account_id`; `own`: whatever the token's accounts are, and
 * nothing else; `system`: the whole system, for operators and for who sees all accounts; `nobody`: no account, and no token
 * is needed.
 */
export type Concern = 'path' | 'query' | 'own' | 'system' | 'nobody';

declare module 'fastify' {
  interface FastifyContextConfig {
    concerns?: Concern;
    /** Whether it changes anything: for operators. */
    writes?: boolean;
  }
  interface FastifyRequest {
    identity: Identity | null;
  }
}

export interface AccessOptions {
  readonly authenticate: Authenticate;
  readonly requestsPerMinute: number;
  /** Whether anybody who reaches the gateway may ask: then only pages and programs of this machine may reach it. */
  readonly isOpen: boolean;
  /** Where routes are not ours, and concern nobody. */
  readonly docs: string;
}

/** Before any route: what is registered earlier is not guarded. Needs @fastify/rate-limit. */
export function guard(app: FastifyInstance, options: AccessOptions): void {
  const { authenticate, requestsPerMinute, isOpen, docs } = options;
  app.decorateRequest('identity', null);
  const count = app.createRateLimit({
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.identity?.key ?? `at ${request.ip}`,
  });

  app.addHook('onRoute', (route) => {
    if (route.url === docs || route.url.startsWith(`${docs}/`)) {
      route.config = { ...route.config, concerns: 'nobody' };
    }
    if (route.config?.concerns === undefined) {
      throw new Error(`${route.url} does not say which account it concerns`);
    }
  });

  app.addHook('onRequest', async (request) => {
    if (isOpen) requireLoopbackName(request);
    const { concerns = 'own', writes = false } = request.routeOptions.config;
    let refusal: Error | null = null;
    if (concerns !== 'nobody' && !request.is404) {
      try {
        request.identity = await authenticate(request.headers.authorization, request.ip);
      } catch (error) {
        refusal = error instanceof Error ? error : new Error(String(error));
      }
    }
    // Also those without a good token are counted, by their address.
    await requireRate(request);
    if (refusal !== null) throw refusal;
    if (request.identity !== null) authorize(request, request.identity, concerns, writes);
  });

  async function requireRate(request: FastifyRequest): Promise<void> {
    const rate = await count(request);
    if (rate.isAllowed || !rate.isExceeded) return;
    throw new Problem(429, 'too_many_requests', `more than ${requestsPerMinute} requests a minute`, {
      headers: { 'retry-after': String(rate.ttlInSeconds) },
    });
  }
}

function authorize(request: FastifyRequest, identity: Identity, concerns: Concern, writes: boolean): void {
  if (concerns === 'path' || concerns === 'query') requireAccount(identity, accountOf(request, concerns));
  if (concerns === 'system' && !identity.isOperator && identity.accounts !== 'all') {
    throw new Problem(403, 'operator_needed', 'this is for operators, and for tokens of all accounts');
  }
  if (writes && !identity.isOperator) {
    throw new Problem(403, 'operator_needed', 'the role of this token is reader: writing needs operator');
  }
}

/** Whether there is such an account is told to nobody who may not see it. */
function requireAccount({ accounts }: Identity, account: string): void {
  if (accounts === 'all' || accounts.has(account)) return;
  throw new Problem(403, 'account_forbidden', 'this token is for other accounts');
}

function accountOf({ params, query }: FastifyRequest, concerns: 'path' | 'query'): string {
  const account =
    concerns === 'path'
      ? (params as Readonly<Record<string, unknown>>)['id']
      : (query as Readonly<Record<string, unknown>>)['account_id'];
  if (typeof account === 'string' && isId(account)) return account;
  const field = concerns === 'path' ? 'params/id' : 'querystring/account_id';
  throw new Problem(400, 'request_invalid', 'the request names no account', {
    errors: [{ field, message: 'must be the id of an account' }],
  });
}

/** A page elsewhere can give its own name the address 127.0.0.1, and would be let in as one of this machine. */
function requireLoopbackName({ hostname }: FastifyRequest): void {
  if (isLoopback(hostname)) return;
  throw new Problem(421, 'host_not_loopback', 'without tokens the gateway answers to localhost alone');
}
