/** The accounts that a token may see, live from the engine, in minor units: a list in some order, and one of them whole. */
import Type from 'typebox';
import { limits } from '../../../config/limits.ts';
import { accountAnswer } from '../../../streams/codec/schema/outputs.ts';
import { figuresOf, listAccounts, type AccountFigures } from '../../client/account-reply.ts';
import type { NatsDoor } from '../../client/nats.ts';
import { compareIds } from '../../domain/identifier.ts';
import type { AccountOrder } from '../../ports.ts';
import { sendJson } from '../answer.ts';
import type { Identity } from '../identity.ts';
import { requireAccountText } from '../live.ts';
import { accountParameter, accountPath, limitParameter, oneOf, wrong } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import { problemResponses } from '../problem.ts';

const orders = ['id', 'equity', 'day_change', 'drawdown'] as const;
const list = Type.Object({
  accounts: Type.Array(Type.Omit(accountAnswer, ['positions'])),
  after: Type.Union([Type.String(), Type.Null()], { description: 'For the next page; null on the last.' }),
});

interface PageRequest {
  readonly order: AccountOrder;
  readonly limit: number;
  readonly after: string | undefined;
}

export function accounts(app: Server, { nats }: Parts): void {
  app.get(
    '/api/v1/accounts',
    {
      config: { concerns: 'own' },
      schema: {
        tags: ['accounts'],
        summary: 'The accounts of the token, without their positions.',
        querystring: Type.Object({
          order: Type.Optional(oneOf(...orders)),
          limit: limitParameter,
          after: Type.Optional(accountParameter),
        }),
        response: { 200: list, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { order = 'id', limit = limits.gatewayPageRowsDefault, after } = request.query;
      const found = await pageFor(nats, request.identity?.accounts ?? new Set(), { order, limit, after });
      const next = found.length < limit ? null : (found.at(-1)?.account_id ?? null);
      return sendJson(reply, JSON.stringify({ accounts: found, after: next }));
    },
  );

  app.get(
    '/api/v1/accounts/:id',
    {
      config: { concerns: 'path' },
      schema: {
        tags: ['accounts'],
        summary: 'Everything the engine knows of an account, as of now: what `tidemark.inspect` answers.',
        params: accountPath,
        response: { 200: accountAnswer, ...problemResponses },
      },
    },
    async (request, reply) => sendJson(reply, await requireAccountText(nats, request.params.id)),
  );
}

async function pageFor(
  nats: NatsDoor,
  accounts: Identity['accounts'],
  { order, limit, after }: PageRequest,
): Promise<AccountFigures[]> {
  if (accounts === 'all') return listAccounts(nats, order, limit, after);
  const own = await figuresOf(nats, [...accounts]);
  own.sort((a, b) => compare(order, a, b));
  if (after === undefined) return own.slice(0, limit);
  const at = own.findIndex(({ account_id }) => account_id === after);
  if (at < 0) throw wrong('after', 'must be the `after` of a page before');
  return own.slice(at + 1, at + 1 + limit);
}

/** As the engine orders: the largest equity and day change first, the deepest drawdown first; equal ones by id. */
function compare(order: AccountOrder, a: AccountFigures, b: AccountFigures): number {
  const byId = compareIds(a.account_id, b.account_id);
  switch (order) {
    case 'id':
      return byId;
    case 'equity':
      return b.total_equity - a.total_equity || byId;
    case 'day_change':
      return b.day_change - a.day_change || byId;
    case 'drawdown':
      return (a.drawdown ?? 0) - (b.drawdown ?? 0) || byId;
  }
}
