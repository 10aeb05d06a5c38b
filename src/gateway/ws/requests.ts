/** A client's messages: what they ask for, and what is wrong with them. Knows no account. */
import { limits } from '../../../config/limits.ts';
import { idOf } from '../../domain/identifier.ts';
import { Problem } from '../problem.ts';
import type { RequestId } from './frames.ts';

export const methods = [
  'auth',
  'ping',
  'equity.subscribe',
  'equity.unsubscribe',
  'alerts.subscribe',
  'alerts.unsubscribe',
  'portfolio.subscribe',
  'portfolio.unsubscribe',
] as const;
export type Method = (typeof methods)[number];
export type Params = Readonly<Record<string, unknown>>;

export interface Request {
  readonly method: Method;
  readonly params: Params;
}

/** What the message is, as far as it is one: its id stands also in the answer to a wrong one. */
export interface Parsed {
  readonly id: RequestId;
  readonly request: Request | Problem;
}

export function parseRequest(text: string): Parsed {
  const body = parsed(text);
  if (!isObject(body)) return { id: null, request: invalid('a message is a JSON object') };
  const { id = null, method, params = {} } = body;
  if (!isRequestId(id)) return { id: null, request: invalid('id must be text, a number or null') };
  const known = methods.find((each) => each === method);
  if (known === undefined) {
    return {
      id,
      request: new Problem(404, 'method_unknown', `method must be one of ${methods.join(', ')}`),
    };
  }
  if (!isObject(params)) return { id, request: invalid('params must be an object') };
  return { id, request: { method: known, params } };
}

/** The accounts that `account_id` or `account_ids` name; null where there is neither. Throws Problem. */
export function accountsIn(params: Params): readonly string[] | null {
  const { account_id: one, account_ids: several, ...others } = params;
  // A name that is misspelt would ask for all accounts.
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid('params may have account_id or account_ids');
  if (one === undefined && several === undefined) return null;
  if (one !== undefined && several !== undefined) throw invalid('account_id or account_ids, not both');
  const named = several === undefined ? [one] : several;
  if (!Array.isArray(named) || named.length === 0) throw invalid('account_ids must be a list of ids');
  if (named.length > limits.gatewayWsAccountsMax) throw tooManyAccounts();
  const ids = named.map(idOf).filter((id) => id !== null);
  if (ids.length < named.length) throw invalid('account_id must be the id of an account');
  return [...new Set(ids)];
}

export function invalid(detail: string): Problem {
  return new Problem(400, 'request_invalid', detail);
}

export function tooManyAccounts(): Problem {
  return new Problem(
    400,
    'too_many_accounts',
    `a socket subscribes to at most ${limits.gatewayWsAccountsMax} accounts: name those that are wanted`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(x: unknown): x is Params {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

function isRequestId(x: unknown): x is RequestId {
  if (typeof x === 'string') return x.length <= limits.gatewayParameterCharsMax;
  return x === null || typeof x === 'number';
}
