/** What the gateway counts of itself: its requests, its readers, its questions of history, and its own process. */
import { collectDefaultMetrics, Histogram, Registry, type Metric } from 'prom-client';
import type { Server } from '../parts.ts';
import type { WebSocketFigures } from '../ws/web-sockets.ts';
import { by, counter, gauge } from './metric.ts';

/** Seconds. An order is answered when it is applied, a question of history within `gatewayAnswerMsMax`. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

let ofProcess: Registry | null = null;

/** Of the process, however many servers it has: what they observe is never let go. */
export function ownProcess(): Registry {
  if (ofProcess === null) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** Counts every request from now on, by route: paths, of which there may be any number, are none. */
export function requestDurations(app: Server): Metric {
  const requests = new Histogram({
    name: 'tidemark_gateway_request_duration_seconds',
    help: 'From a request to its answer, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers: [],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route = 'none', method } = request.is404 ? { method: 'any' } : request.routeOptions;
    const labels = { method: String(method), route, status: String(reply.statusCode) };
    requests.observe(labels, reply.elapsedTime / 1000);
    done();
  });
  return requests;
}

export function webSocketMetrics(figures: WebSocketFigures): Metric[] {
  const { clients, behind, bufferedBytes, ended, encoded, malformed } = figures;
  return [
    gauge('tidemark_websocket_clients', 'WebSockets that are open.', clients),
    gauge('tidemark_websocket_updates_behind', 'Updates that wait for slow readers.', behind),
    gauge('tidemark_websocket_buffered_bytes', 'Bytes that wait for readers.', bufferedBytes),
    counter('tidemark_websocket_ended_total', 'WebSockets that ended, by reason.', by('reason', ended)),
    counter('tidemark_websocket_frames_total', 'Frames made, each once however many read it.', encoded),
    counter('tidemark_websocket_malformed_total', 'Messages on equity.* that were none of the engine.', malformed),
  ]; // prettier-ignore
}

export function queryMetrics({
  running,
  waiting,
}: {
  readonly running: number;
  readonly waiting: number;
}): Metric {
  return gauge('tidemark_gateway_history_queries', 'Questions of history under way, and waiting.', by('state', { running, waiting })); // prettier-ignore
}
