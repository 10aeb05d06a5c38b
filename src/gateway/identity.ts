/**
 * Who asks: nobody in particular while the gateway is for this machine alone, or the bearer of a token, whose accounts
 * and role it names. Owns the judging of tokens; knows no route.
 */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { idOf } from '../domain/identifier.ts';
import { Problem } from './problem.ts';

export interface Identity {
  /** Of whom requests are counted. */
  readonly key: string;
  readonly accounts: 'all' | ReadonlySet<string>;
  /** Whether it may write. */
  readonly isOperator: boolean;
  /** Milliseconds since the epoch: from when on its token is taken no more; Infinity: it needs none. */
  readonly endsAt: number;
}

/** Throws Problem: 401, with what is wrong with the token. */
export type Authenticate = (authorization: string | undefined, address: string) => Promise<Identity>;

type Verify = (token: string) => Promise<JWTPayload>;

export function authenticator(auth: Config['auth']): Authenticate {
  if (auth.mode === 'none') {
    return (_, address) =>
      Promise.resolve({ key: `at ${address}`, accounts: 'all', isOperator: true, endsAt: Infinity });
  }
  const verify = verifier(auth);
  return async (authorization) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
    if (token === undefined || token.length > limits.gatewayTokenCharsMax) {
      throw unauthenticated('token_missing', 'a bearer token is needed');
    }
    const payload = await verified(verify, token);
    // By what is signed, to the letter: the last letter of a signature can be written in several ways.
    const signed = token.slice(0, token.lastIndexOf('.'));
    const key = createHash('sha256').update(signed).digest('base64url');
    const endsAt = 1000 * ((payload.exp ?? 0) + limits.gatewayClockToleranceSeconds);
    return { key, ...grantsOf(payload), endsAt };
  };
}

function verifier({ secret, jwks_url, algorithm, audience, issuer }: Config['auth']): Verify {
  const options = (algorithms: string[]): JWTVerifyOptions => ({
    algorithms,
    audience,
    requiredClaims: ['exp'],
    clockTolerance: limits.gatewayClockToleranceSeconds,
    ...(issuer === null ? {} : { issuer }),
  });
  if (secret !== null) {
    const key = new TextEncoder().encode(secret);
    return async (token) => (await jwtVerify(token, key, options(['HS256']))).payload;
  }
  const keys = createRemoteJWKSet(new URL(jwks_url ?? ''), { timeoutDuration: limits.gatewayKeysMsMax });
  return async (token) => (await jwtVerify(token, keys, options([algorithm]))).payload;
}

async function verified(verify: Verify, token: string): Promise<JWTPayload> {
  try {
    return await verify(token);
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw unauthenticated('token_expired', 'the token has expired');
    if (isOfToken(error)) throw unauthenticated('token_invalid', 'the token is not valid here');
    throw new Problem(503, 'keys_away', 'the keys that tokens are signed with cannot be had', {
      headers: { 'retry-after': '1' },
    });
  }
}

/** Not of the keys' server: that one says nothing of the token. */
function isOfToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // What jose throws itself for an answer of the server that is no key set has its base class alone.
  return error instanceof errors.JOSEError && error.constructor !== errors.JOSEError;
}

function grantsOf({ accounts, role = 'reader' }: JWTPayload): Pick<Identity, 'accounts' | 'isOperator'> {
  const isRole = role === 'reader' || role === 'operator';
  const count = Array.isArray(accounts) ? accounts.length : 0;
  if (!isRole || !Array.isArray(accounts) || count === 0 || count > limits.gatewayTokenAccountsMax) {
    throw unauthenticated('token_invalid', 'the token names no accounts, or a role that there is not');
  }
  const isOperator = role === 'operator';
  if (accounts.length === 1 && accounts[0] === '*') return { accounts: 'all', isOperator };
  const ids = accounts.map(idOf);
  if (ids.includes(null)) throw unauthenticated('token_invalid', 'the token names what is no account');
  return { accounts: new Set(ids.filter((id) => id !== null)), isOperator };
}

function unauthenticated(reason: string, detail: string): Problem {
  const error = reason === 'token_missing' ? '' : ' error="invalid_token"';
  return new Problem(401, reason, detail, { headers: { 'www-authenticate': `Bearer${error}` } });
}
