/**
 * The HTTP server: its plugins, its bounds, its errors and its routes. Knows neither NATS nor ClickHouse: what it answers
 * with is given to it.
 */
import accepts from '@fastify/accepts';
import compress from '@fastify/compress';
import etag from '@fastify/etag';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Ajv } from 'ajv';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { limits } from '../../config/limits.ts';
import type { Log } from '../ports.ts';
import { version } from '../version.ts';
import { guard } from './access.ts';
import { authenticator } from './identity.ts';
import type { Parts, Server } from './parts.ts';
import { Problem, problemOf, problemType } from './problem.ts';
import { accountHistory } from './routes/account-history.ts';
import { accounts } from './routes/accounts.ts';
import { alerts } from './routes/alerts.ts';
import { analytics } from './routes/analytics.ts';
import { dashboard } from './routes/dashboard.ts';
import { equityTransactions } from './routes/equity-transaction.ts';
import { equityHistory } from './routes/equity-history.ts';
import { healths } from './routes/health.ts';
import { market } from './routes/market.ts';
import { metrics } from './routes/metrics.ts';
import { notBuiltYet } from './routes/not-built.ts';
import { portfolioStates } from './routes/portfolio-state.ts';
import { positionUpdates } from './routes/position-update.ts';
import { totals } from './routes/totals.ts';
import { webSockets } from './ws/web-sockets.ts';

const docs = '/docs';

/** Ready to listen. */
export async function createServer(parts: Parts): Promise<Server> {
  const { config, log } = parts;
  const app = fastify({
    logger: false,
    bodyLimit: limits.gatewayBodyBytesMax,
    requestTimeout: limits.gatewayRequestMsMax,
    connectionTimeout: limits.gatewayIdleMsMax,
    keepAliveTimeout: limits.gatewayKeepAliveMs,
    http: {
      maxHeaderSize: limits.gatewayHeaderBytesMax,
      headersTimeout: limits.gatewayHeadersMsMax,
      connectionsCheckingInterval: limits.gatewayConnectionsCheckMs,
    },
    routerOptions: { maxParamLength: limits.gatewayParameterCharsMax, ignoreTrailingSlash: true },
    // Requests of connections that stay are answered to the end; new ones find the port closed.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      answerError(log, error, request, reply);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(({ schema, httpPart }) => validatorFor(httpPart).compile(schema));
  app.server.maxConnections = limits.gatewayConnectionsMax;
  // What a form of some page can send without being asked is not taken.
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, request, reply) => {
    answerError(log, error, request, reply);
  });
  app.setNotFoundHandler({}, (request, reply) => {
    answerError(
      log,
      new Problem(404, 'not_found', 'there is no such path, or not by this method'),
      request,
      reply,
    );
  });

  await app.register(rateLimit, { global: false, cache: limits.gatewayRatesKeptMax });
  const authenticate = authenticator(config.auth);
  guard(app, {
    authenticate,
    requestsPerMinute: config.http.requests_a_minute,
    isOpen: config.auth.mode === 'none',
    docs,
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    hsts: false,
  });
  // An answer is for the token that asked, and for what it accepts.
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('cache-control', 'private, no-cache').header('vary', 'accept, authorization');
    done();
  });
  await app.register(accepts);
  // Before the hook of the plugin, which says 304 to whatever fits, also to an order and to a problem.
  app.addHook('onSend', (request, reply, _payload, done) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || reply.statusCode !== 200) delete request.headers['if-none-match'];
    done();
  });
  await app.register(etag, { weak: true });
  await app.register(compress, { encodings: ['gzip', 'deflate'], globalDecompression: false });
  await app.register(swagger, { openapi: openapi(config.auth.mode === 'jwt') });
  await app.register(swaggerUi, { routePrefix: docs, staticCSP: true });

  const webSocketFigures = await webSockets(app, parts, authenticate);
  metrics(app, parts, webSocketFigures);
  await dashboard(app, parts);
  for (const add of [
    healths,
    accounts,
    accountHistory,
    equityHistory,
    portfolioStates,
    analytics,
    totals,
    market,
    alerts,
    positionUpdates,
    equityTransactions,
    notBuiltYet,
  ]) {
    add(app, parts);
  }
  await app.ready();
  return app;
}

/** What stands in a path, a query or a header is text, and is taken for what it says; in a body a type is a type. */
function validatorFor(httpPart: string | undefined): Ajv {
  return httpPart === 'body' ? asItIs : asItReads;
}

const options = { useDefaults: true, allowUnionTypes: true };
const asItIs = new Ajv(options);
// 1e309 reads as an infinite number, which strictNumbers would leave to no bound.
const asItReads = new Ajv({ ...options, coerceTypes: true, strictNumbers: false });

function openapi(needsToken: boolean) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tidemark',
      version,
      description:
        'Equity of trading accounts, live and as it was. Money is in minor units (cents); in the paths with `portfolio` in currency units.',
    },
    ...(needsToken
      ? {
          components: {
            securitySchemes: { token: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' } },
          },
          security: [{ token: [] }],
        }
      : {}),
  };
}

function answerError(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error);
  if (problem === null) {
    const { method } = request;
    log.error({ method, route: request.routeOptions.url, error: describe(error) }, 'a request failed');
  } else if (problem.status === 503) {
    log.debug({ route: request.routeOptions.url, error: String(error) }, 'a part is away');
  }
  const { status, headers, body } = problem ?? new Problem(500, 'internal', 'the request failed here');
  void reply.code(status).headers(headers).type(problemType).send(JSON.stringify(body));
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
