/** How each part is and what it is behind by, and whether requests can be served. Nothing of any account: no token needed. */
import Type from 'typebox';
import { limits } from '../../../config/limits.ts';
import { version } from '../../version.ts';
import type { EngineStats } from '../../domain/engine-stats.ts';
import { Kept } from '../kept.ts';
import { oneOf } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import { Problem, problemResponses } from '../problem.ts';

const part = Type.Object({
  state: Type.String({ description: 'up, down, or what the part says of itself.' }),
  lag: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
});
const health = Type.Object({
  status: oneOf('ok', 'degraded', 'down'),
  version: Type.String({ description: 'Of the gateway.' }),
  parts: Type.Object({
    nats: part,
    engine: Type.Object({
      state: Type.String(),
      lag: Type.Optional(Type.Integer({ description: 'Messages of LEDGER that are not applied.' })),
    }),
    sink: Type.Object({
      state: Type.String(),
      lag: Type.Union([Type.Integer(), Type.Null()], {
        description: 'Frames not in ClickHouse; null: unknown.',
      }),
    }),
    clickhouse: part,
  }),
});

export function healths(app: Server, parts: Parts): void {
  const { gatewayHealthKeptMs: keptMs } = limits;
  const engineNow = new Kept(() => engineOf(parts), keptMs);
  const historyNow = new Kept(() => historyAnswers(parts), keptMs);
  app.get(
    '/api/v1/health',
    {
      config: { concerns: 'nobody' },
      schema: {
        tags: ['operation'],
        security: [],
        summary: 'Each part and its lag. 503 while no account can be asked for.',
        response: { 200: health, 503: health, ...problemResponses },
      },
    },
    async (_, reply) => {
      const [engine, hasHistory] = await Promise.all([engineNow.get(), historyNow.get()]);
      const isLive = engine?.state === 'live';
      const sinkLag = engine?.lags.sink ?? null;
      return reply.code(isLive ? 200 : 503).send({
        version,
        status: !isLive ? 'down' : hasHistory ? 'ok' : 'degraded',
        parts: {
          nats: { state: parts.nats.isConnected ? 'up' : 'down' },
          engine: { state: engine?.state ?? 'down', ...(engine === null ? {} : { lag: engine.lags.ledger }) },
          sink: { state: sinkLag === null ? 'unknown' : 'up', lag: sinkLag },
          clickhouse: { state: hasHistory ? 'up' : 'down' },
        },
      });
    },
  );

  app.get(
    '/api/v1/ready',
    {
      config: { concerns: 'nobody' },
      schema: {
        tags: ['operation'],
        security: [],
        summary: 'Whether accounts can be asked for.',
        response: { 200: Type.Object({ ready: Type.Boolean() }), ...problemResponses },
      },
    },
    async () => {
      if ((await engineNow.get())?.state === 'live') return { ready: true };
      throw new Problem(503, 'engine_away', 'no engine is live', { headers: { 'retry-after': '1' } });
    },
  );
}

async function engineOf({ nats, log }: Parts): Promise<EngineStats | null> {
  try {
    return JSON.parse(await nats.ask('stats', {}, limits.gatewayHealthMsMax)) as EngineStats;
  } catch (error) {
    log.debug({ error: String(error) }, 'no engine answers');
    return null;
  }
}

async function historyAnswers({ history, log }: Parts): Promise<boolean> {
  try {
    return await history.answersWithin(limits.gatewayHealthMsMax);
  } catch (error) {
    log.debug({ error: String(error) }, 'ClickHouse does not answer');
    return false;
  }
}
