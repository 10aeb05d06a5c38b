/** Alerts of the accounts that a token may see, newest first; those of the system for tokens that may see every account. */
import Type from 'typebox';
import { limits } from '../../../config/limits.ts';
import { newestAlerts } from '../../client/alert-stream.ts';
import { alertKinds } from '../../domain/alert-kind.ts';
import { sendJson } from '../answer.ts';
import { accountParameter, limitParameter, oneOf } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import { Problem, problemResponses } from '../problem.ts';
import { Turns } from '../turns.ts';

const alert = Type.Object({
  alert_id: Type.String(),
  kind: Type.String(),
  account_id: Type.String({ description: '_ for the system' }),
  state: oneOf('raised', 'cleared'),
  severity: Type.String(),
  message: Type.String(),
  details: Type.Object({}, { additionalProperties: true }),
  raised_at: Type.Integer(),
  cleared_at: Type.Union([Type.Integer(), Type.Null()]),
});

export function alerts(app: Server, { nats }: Parts): void {
  // Each reads the stream from its beginning.
  const turns = new Turns({
    atOnce: limits.gatewayAlertReadingsAtOnce,
    waitingMax: limits.gatewayQueriesWaitingMax,
    waitMsMax: limits.gatewayQueryWaitMsMax,
  });
  app.get(
    '/api/v1/alerts',
    {
      config: { concerns: 'own' },
      schema: {
        tags: ['accounts'],
        summary:
          'What was found to be wrong, and whether it still is. Times in milliseconds, as in messages.',
        querystring: Type.Object({
          account_id: Type.Optional(accountParameter),
          kind: Type.Optional(oneOf(...alertKinds)),
          all: Type.Optional(Type.Boolean({ description: 'Also those that were cleared.' })),
          limit: limitParameter,
        }),
        response: { 200: Type.Object({ alerts: Type.Array(alert) }), ...problemResponses },
      },
    },
    async (request, reply) => {
      const { account_id, kind, all = false, limit = limits.gatewayPageRowsDefault } = request.query;
      const accounts = request.identity?.accounts ?? new Set<string>();
      if (account_id !== undefined && accounts !== 'all' && !accounts.has(account_id)) {
        throw new Problem(403, 'account_forbidden', 'this token is for other accounts');
      }
      // `_` is the system there, of which only a token of all accounts hears.
      const own = accounts === 'all' ? undefined : new Set([...accounts].filter((id) => id !== '_'));
      const withinMs = limits.gatewayAlertReadingMsMax;
      const filter = { account: account_id, accounts: own, kind, all, withinMs };
      const found = await turns.take(() => newestAlerts(nats, limit, filter));
      if (found === null) {
        throw new Problem(503, 'too_many_queries', 'too many questions of alerts wait already', {
          headers: { 'retry-after': '1' },
        });
      }
      return sendJson(reply, JSON.stringify({ alerts: found.value }));
    },
  );
}
