/** `GET /api/v1/metrics`: the figures of every process that answers, for Prometheus, or as JSON by `Accept`. */
import { Registry } from 'prom-client';
import Type from 'typebox';
import { limits } from '../../../config/limits.ts';
import { sendJson } from '../answer.ts';
import { Kept } from '../kept.ts';
import { engineMetrics, type TidemarkStats } from '../metrics/engine-metrics.ts';
import { ownProcess, queryMetrics, requestDurations, webSocketMetrics } from '../metrics/gateway-metrics.ts';
import { processMetrics, type ProcessFigures } from '../metrics/process-metrics.ts';
import { sinkMetrics, type SinkFigures } from '../metrics/sink-metrics.ts';
import { webhookMetrics } from '../metrics/webhook-metrics.ts';
import { numberOrNull } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import { Problem, problemResponses } from '../problem.ts';
import type { WebhookFigures } from '../webhooks/webhooks.ts';
import type { WebSocketFigures } from '../ws/web-sockets.ts';

const labels = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]));
const metric = Type.Object({
  name: Type.String(),
  help: Type.String(),
  type: Type.String(),
  values: Type.Array(
    Type.Object({
      value: numberOrNull,
      labels,
      metricName: Type.Optional(Type.String({ description: 'Of a histogram: _bucket, _sum, _count.' })),
    }),
  ),
});

interface Others {
  readonly engine: (TidemarkStats & ProcessFigures) | null;
  readonly sink: (SinkFigures & ProcessFigures) | null;
  readonly webhooks: readonly WebhookFigures[];
}

export function metrics(app: Server, parts: Parts, webSockets: () => WebSocketFigures): void {
  const { nats, history } = parts;
  const requests = requestDurations(app);
  const others = new Kept(() => askOthers(parts), limits.gatewayMetricsKeptMs);
  app.get(
    '/api/v1/metrics',
    {
      config: { concerns: 'system' },
      schema: {
        tags: ['operation'],
        summary: 'Figures of every process for Prometheus, or as JSON by Accept. For operators.',
        response: {
          200: {
            description: 'JSON by Accept, or the text format of Prometheus',
            content: {
              'application/json': { schema: Type.Array(metric) },
              'text/plain': { schema: Type.String() },
            },
          },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const wanted = request.accepts().type(['text/plain', 'json']);
      if (wanted === false) {
        throw new Problem(406, 'not_acceptable', 'answers are text/plain or application/json');
      }
      const { engine, sink, webhooks } = await others.get();
      const found = new Registry();
      for (const each of [
        ...engineMetrics(engine),
        ...sinkMetrics(sink),
        ...processMetrics({ engine, sink, gateway: ownFigures() }),
        ...webSocketMetrics(webSockets()),
        ...webhookMetrics(webhooks),
        queryMetrics(history.queries),
        requests,
      ]) {
        found.registerMetric(each);
      }
      const all = Registry.merge([found, ownProcess()]);
      if (wanted === 'json') return sendJson(reply, JSON.stringify(await all.getMetricsAsJSON()));
      return reply.type(all.contentType).send(await all.metrics());
    },
  );

  async function askOthers({ log, webhooks }: Parts): Promise<Others> {
    const asked = async (endpoint: string): Promise<unknown> => {
      try {
        return JSON.parse(await nats.ask(endpoint, {}, limits.gatewayHealthMsMax)) as unknown;
      } catch (error) {
        log.debug({ endpoint, error: String(error) }, 'no answer for the metrics');
        return null;
      }
    };
    const figures = webhooks?.figures() ?? Promise.resolve([]);
    const [engine, sink, deliveries] = await Promise.all([asked('stats'), asked('sink.stats'), figures]);
    return { engine, sink, webhooks: deliveries } as Others;
  }
}

function ownFigures(): ProcessFigures {
  const { rss, heapUsed } = process.memoryUsage();
  return {
    role: 'gateway',
    uptime_ms: process.uptime() * 1000,
    memory: { resident_bytes: rss, heap_bytes: heapUsed },
  };
}
