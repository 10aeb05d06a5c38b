/**
 * Problem details (RFC 9457): what went wrong with a request, under a name that programs can rely on. Owns the mapping of
 * every failure to its status and name; knows no route. A text says nothing of an account that was not asked for.
 */
import Type from 'typebox';
import { ReadingTooLong } from '../client/alert-stream.ts';
import { EngineAway, ServiceRefusal } from '../client/nats.ts';
import { StoreAway, StoreRefusal } from '../client/store.ts';
import { Failure, UsageError } from '../failure.ts';

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

export class Problem extends Error {
  readonly status: number;
  /** The name: `account_unknown`, or the reason of a rejection. */
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldProblem[];

  constructor(
    status: number,
    reason: string,
    detail: string,
    more: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly errors?: readonly FieldProblem[];
    } = {},
  ) {
    super(detail);
    this.status = status;
    this.reason = reason;
    this.headers = more.headers ?? {};
    this.errors = more.errors ?? [];
  }

  get body(): object {
    return {
      type: `urn:tidemark:problem:${this.reason}`,
      title: this.reason.replaceAll('_', ' '),
      status: this.status,
      reason: this.reason,
      detail: this.message,
      ...(this.errors.length === 0 ? {} : { errors: this.errors }),
    };
  }
}

const schema = Type.Object(
  {
    type: Type.String({ description: 'urn:tidemark:problem:<reason>' }),
    title: Type.String(),
    status: Type.Integer(),
    reason: Type.String({ description: 'The name of the problem; of a rejection its reason.' }),
    detail: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  },
  { description: 'Problem details, RFC 9457.' },
);

export const problemType = 'application/problem+json';
const answer = { description: 'A problem', content: { [problemType]: { schema } } };
/** The responses that every route has beside its own. */
export const problemResponses = { '4xx': answer, '5xx': answer };

export const unknownAccount = (): Problem => new Problem(404, 'account_unknown', 'there is no such account');

const retrySoon = { headers: { 'retry-after': '1' } };
/** Unknown table or database: the sink has not made the schema yet. Wrong password: the store has a new one. */
const notReadyCodes = [60, 81, 516];
/** Out of time, by its own count or by an estimate; out of memory. */
const tooLongCodes = [159, 160, 241, 307];

interface RequestFault {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message: string;
  readonly validationContext?: string;
  readonly validation?: readonly { readonly instancePath: string; readonly message?: string }[];
}

/** null where it is none of the caller's and none of a part that is away: a fault of ours. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof UsageError) return new Problem(422, 'request_unprocessable', error.message);
  if (error instanceof ServiceRefusal) {
    if (error.reason === 'account_unknown') return unknownAccount();
    return error.code === 503 ? engineAway() : null;
  }
  if (error instanceof EngineAway) return engineAway();
  if (error instanceof StoreRefusal) {
    if (notReadyCodes.includes(error.code)) return historyAway();
    if (!tooLongCodes.includes(error.code)) return null;
    return new Problem(504, 'query_too_long', 'the answer takes too long: ask for less time or fewer points');
  }
  if (error instanceof StoreAway) return historyAway();
  if (error instanceof ReadingTooLong) {
    return new Problem(504, 'query_too_long', 'the answer takes too long: ask for one account, or one kind');
  }
  if (error instanceof Failure) {
    return new Problem(503, 'part_away', 'a part that this needs does not answer', retrySoon);
  }
  return ofRequest(error as RequestFault);
}

/** What an error says of addresses is for the log. */
function engineAway(): Problem {
  return new Problem(503, 'engine_away', 'no engine answers', retrySoon);
}

function historyAway(): Problem {
  return new Problem(503, 'history_away', 'the database of history does not answer', retrySoon);
}

/** What fastify itself refuses. */
function ofRequest(fault: RequestFault): Problem | null {
  if (fault.validation !== undefined) {
    const within = fault.validationContext ?? 'request';
    const errors = fault.validation.map(({ instancePath, message = 'is wrong' }) => ({
      field: `${within}${instancePath}`,
      message,
    }));
    return new Problem(400, 'request_invalid', 'the request does not fit its schema', { errors });
  }
  const { statusCode: status = 500, code = '', message } = fault;
  if (status < 400 || status >= 500) return null;
  const reason = code.replace(/^FST_(ERR_)?/, '').toLowerCase();
  return new Problem(status, reason === '' ? 'request_refused' : reason, message);
}
