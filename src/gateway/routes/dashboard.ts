/**
 * `GET /`: the dashboard as it was built into web/dist, with the headers of a page. Its files have their content's hash in
 * their names and are kept for ever; the page itself is asked for anew each time. Knows nothing of what it shows.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import Type from 'typebox';
import type { Parts, Server } from '../parts.ts';

const builtDashboard = fileURLToPath(new URL('../../../web/dist/', import.meta.url));
const page = 'index.html';
const forEver = 'public, max-age=31536000, immutable';

/** Scripts, styles and connections of this address alone, and nothing inline. */
const directives = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

export async function dashboard(app: Server, { dashboard: root = builtDashboard }: Parts): Promise<void> {
  await app.register(fastifyStatic, { root, serve: false, cacheControl: false });
  const route = {
    config: { concerns: 'nobody' },
    schema: { hide: true },
    helmet: { contentSecurityPolicy: { useDefaults: false, directives } },
  } as const;

  app.get('/', route, (_, reply) => {
    if (existsSync(join(root, page))) return reply.header('cache-control', 'no-cache').sendFile(page);
    return reply
      .code(503)
      .type('text/plain; charset=utf-8')
      .send(
        'The dashboard is not built: run `node web/build.mjs`, or start with `npm start`. The API is at /docs.\n',
      );
  });

  app.get(
    '/assets/:file',
    { ...route, schema: { hide: true, params: Type.Object({ file: Type.String() }) } },
    (request, reply) =>
      reply.header('cache-control', forEver).sendFile(request.params.file, join(root, 'assets')),
  );
}
