/** The gateway's server by itself: who is let in, what is refused before any route, and how it ends. Its doors are made up. */
import assert from 'node:assert/strict';
import { createServer as createHttpServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import fastify from 'fastify';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { loadConfig } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { EngineAway } from '../../src/client/nats.ts';
import type { Server } from '../../src/gateway/parts.ts';
import { guard } from '../../src/gateway/access.ts';
import { authenticator } from '../../src/gateway/identity.ts';
import { gatewayOf } from '../support/made-up-doors.ts';
import { runTidemark } from '../support/tidemark.ts';
import { until } from '../support/until.ts';

const secret = 'a secret of at least thirty-two bytes';
const key = new TextEncoder().encode(secret);
const path = '/api/v1/accounts/7';
const claims = { accounts: ['7'], role: 'reader' };

/** `ask` stands for the engine. */
function serverWith(env: Record<string, string>, ask: () => Promise<string>): Promise<Server> {
  return gatewayOf({ nats: { ask }, env });
}

function signed(payload: JWTPayload, expires = '1 minute', audience = 'tidemark'): Promise<string> {
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(key);
}

describe('the server of the gateway', () => {
  describe('with tokens', () => {
    let server: Server;
    const statusFor = async (token: string | null, url = path): Promise<[number, string]> => {
      const headers = token === null ? {} : { authorization: `Bearer ${token}` };
      const answer = await server.inject({ url, headers });
      return [answer.statusCode, String(answer.json<{ reason?: string }>().reason)];
    };

    before(async () => {
      server = await serverWith({ TIDEMARK_AUTH_MODE: 'jwt', TIDEMARK_AUTH_SECRET: secret }, () =>
        Promise.resolve('{"account_id":"7"}'),
      );
    });
    after(() => server.close());

    it('lets in who has a good one, to its accounts', async () => {
      const good = await signed(claims);
      assert.deepEqual(await statusFor(good), [200, 'undefined']);
      assert.deepEqual(await statusFor(good, '/api/v1/accounts/8'), [403, 'account_forbidden']);
      assert.deepEqual(await statusFor(await signed({ accounts: [7] })), [200, 'undefined']);
      assert.deepEqual(await statusFor(await signed({ accounts: ['*'] })), [200, 'undefined']);
    });

    it('refuses one that is missing, expired, unsigned, or signed by another key or algorithm', async () => {
      const exp = Math.floor(Date.now() / 1000) + 60;
      const unsigned = new UnsecuredJWT({ ...claims, aud: 'tidemark', exp }).encode();
      const other = new TextEncoder().encode('another secret of thirty-two bytes or more');
      const { privateKey } = await generateKeyPair('RS256');
      const signedBy = (alg: string, by: Parameters<SignJWT['sign']>[0]): Promise<string> =>
        new SignJWT({ ...claims, aud: 'tidemark', exp }).setProtectedHeader({ alg }).sign(by);
      const withoutEnd = await new SignJWT({ ...claims, aud: 'tidemark' })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(key);
      assert.deepEqual(await statusFor(null), [401, 'token_missing']);
      assert.deepEqual(await statusFor(await signed(claims, '-1 minute')), [401, 'token_expired']);
      for (const token of [
        unsigned,
        withoutEnd,
        await signedBy('HS256', other),
        await signedBy('HS512', new Uint8Array(64).fill(7)),
        await signedBy('RS256', privateKey),
        await signed(claims, '1 minute', 'somebody-else'),
        await signed({ role: 'operator' }),
        await signed({ accounts: ['7'], role: 'admin' }),
        await signed({ accounts: ['a.b'] }),
        'x.y.z',
      ]) {
        assert.deepEqual(await statusFor(token), [401, 'token_invalid'], token);
      }
    });

    it('asks for none where nothing of any account is told', async () => {
      const { statusCode } = await server.inject({ url: '/docs/json' });
      assert.equal(statusCode, 200);
    });
  });

  it('takes the keys of a server, by one algorithm, and tells when they cannot be had', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    const keys = createHttpServer((_, answer) => answer.end(JSON.stringify({ keys: [jwk] })));
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const jwks = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
    const env = { TIDEMARK_AUTH_MODE: 'jwt', TIDEMARK_AUTH_ALGORITHM: 'ES256', TIDEMARK_AUTH_JWKS_URL: jwks };
    const tokenOf = (alg: string, by: Parameters<SignJWT['sign']>[0]): Promise<string> =>
      new SignJWT({ ...claims, aud: 'tidemark' })
        .setProtectedHeader({ alg, kid: 'one' })
        .setExpirationTime('1 minute')
        .sign(by);
    const statusOf = async (server: Server, token: string): Promise<number> =>
      (await server.inject({ url: path, headers: { authorization: `Bearer ${token}` } })).statusCode;

    const server = await serverWith(env, () => Promise.resolve('{}'));
    const good = await tokenOf('ES256', privateKey);
    assert.equal(await statusOf(server, good), 200);
    // The public key as the secret of a symmetric algorithm.
    const confused = await tokenOf('HS256', new TextEncoder().encode(JSON.stringify(jwk)));
    assert.equal(await statusOf(server, confused), 401);
    await server.close();

    keys.close();
    keys.closeAllConnections();
    const without = await serverWith(env, () => Promise.resolve('{}'));
    assert.equal(await statusOf(without, good), 503);
    await without.close();
  });

  it('refuses to start without tokens where others can reach it, and says why', async () => {
    const ran = await runTidemark(['run', 'gateway'], { TIDEMARK_HTTP_HOST: '0.0.0.0' });
    assert.equal(ran.code, 2);
    assert.match(ran.stderr, /auth\.mode: "none" is not allowed; allowed: jwt, since http\.host/);
    for (const host of ['0.0.0.0', '::', '192.168.1.2']) {
      assert.throws(
        () => loadConfig({ env: { TIDEMARK_HTTP_HOST: host } }),
        /auth\.mode: "none".*http\.host/,
      );
    }
    for (const host of ['127.0.0.1', '::1', 'localhost']) loadConfig({ env: { TIDEMARK_HTTP_HOST: host } });
    assert.throws(() => loadConfig({ env: { TIDEMARK_AUTH_MODE: 'jwt' } }), /auth\.mode.*auth\.secret/);
  });

  it('takes no route on that does not say which account it concerns', async () => {
    const app = fastify();
    await app.register(rateLimit, { global: false });
    guard(app, {
      authenticate: authenticator(loadConfig({ env: {} }).auth),
      requestsPerMinute: 10,
      isOpen: true,
      docs: '/docs',
    });
    assert.throws(() => app.get('/api/v1/new', () => 'hello'), /does not say which account it concerns/);
    app.get('/api/v1/good', { config: { concerns: 'own' } }, () => 'hello');
    await app.close();
  });

  it('holds a number of a query to its bounds, also one that is none', async () => {
    const server = await serverWith({}, () => Promise.resolve('{}'));
    for (const points of ['1e309', '-1e309', 'NaN', '10001', '4.5', 'true', '']) {
      const { statusCode } = await server.inject({ url: `${path}/history?points=${points}` });
      assert.equal(statusCode, 400, points);
    }
    await server.close();
  });

  it('refuses names of other hosts, and methods that a path has not', async () => {
    const server = await serverWith({}, () => Promise.resolve('{}'));
    const reasonOf = async (options: object): Promise<[number, string]> => {
      const answer = await server.inject({ url: path, ...options });
      return [answer.statusCode, answer.json<{ reason: string }>().reason];
    };
    assert.deepEqual(await reasonOf({ headers: { host: 'evil.example' } }), [421, 'host_not_loopback']);
    assert.deepEqual(await reasonOf({ method: 'DELETE' }), [404, 'not_found']);
    await server.close();
  });

  it('counts the requests of a minute', async () => {
    const server = await serverWith({ TIDEMARK_HTTP_REQUESTS_A_MINUTE: '3' }, () => Promise.resolve('{}'));
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await server.inject({ url: path }));
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [200, 200, 200, 429],
    );
    assert.ok(Number(answers[3]!.headers['retry-after']) > 0);
    await server.close();
  });

  it('says which part is away', async () => {
    const server = await serverWith({}, () => Promise.reject(new EngineAway('no engine answers')));
    const { statusCode, headers, body } = await server.inject({ url: path });
    assert.equal(statusCode, 503);
    assert.equal(headers['retry-after'], '1');
    assert.match(body, /"reason":"engine_away"/);
    await server.close();
  });

  it('says 304 of what was read and is known, and never of an order or a problem', async () => {
    const server = await serverWith({}, () => Promise.resolve('{}'));
    const known = async (method: 'GET' | 'POST', url: string, status: number): Promise<number> => {
      const first = await server.inject({ method, url, payload: {} });
      assert.equal(first.statusCode, status);
      const headers = { 'if-none-match': String(first.headers['etag']) };
      return (await server.inject({ method, url, headers, payload: {} })).statusCode;
    };
    assert.equal(await known('GET', path, 200), 304);
    assert.equal(await known('GET', '/api/v1/nowhere', 404), 404);
    assert.equal(await known('POST', '/api/v1/portfolio/7/positions/update', 400), 400);
    await server.close();
  });

  it('bounds connections, requests and headers in time', async () => {
    const server = await serverWith({}, () => Promise.resolve('{}'));
    const { timeout, requestTimeout, headersTimeout, keepAliveTimeout } = server.server;
    assert.deepEqual(
      [timeout, requestTimeout, headersTimeout, keepAliveTimeout],
      [
        limits.gatewayIdleMsMax,
        limits.gatewayRequestMsMax,
        limits.gatewayHeadersMsMax,
        limits.gatewayKeepAliveMs,
      ],
    );
    // Longer than an order or a question of history may take that is answered in the end.
    assert.ok(timeout > limits.gatewayQueryWaitMsMax + limits.gatewayAnswerMsMax);
    await server.close();
  });

  it('asks for health once, however many want it without a token', async () => {
    let asked = 0;
    const server = await serverWith({}, () => {
      asked++;
      return Promise.resolve('{"state":"live"}');
    });
    const answers = await Promise.all([1, 2, 3].map(() => server.inject({ url: '/api/v1/ready' })));
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [200, 200, 200],
    );
    assert.equal(asked, 1);
    await server.close();
  });

  it('refuses days that there are not', async () => {
    const server = await serverWith({}, () => Promise.resolve('{}'));
    for (const day of ['2026-02-30', '2026-02-30T00:00:00Z', '2026-13-01']) {
      const { statusCode } = await server.inject({ url: `/api/v1/accounts/7/history?from=${day}` });
      assert.equal(statusCode, 400, day);
    }
    await server.close();
  });

  it('counts a token as one, however its signature is written', async () => {
    const env = {
      TIDEMARK_AUTH_MODE: 'jwt',
      TIDEMARK_AUTH_SECRET: secret,
      TIDEMARK_HTTP_REQUESTS_A_MINUTE: '1',
    };
    const server = await serverWith(env, () => Promise.resolve('{}'));
    const token = await signed(claims);
    // 32 bytes are 43 letters, of the last of which two bits say nothing.
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = letters.indexOf(token.at(-1) ?? '');
    const other = `${token.slice(0, -1)}${letters[last ^ 1] ?? ''}`;
    const statuses = [];
    for (const each of [token, other]) {
      const headers = { authorization: `Bearer ${each}` };
      statuses.push((await server.inject({ url: path, headers })).statusCode);
    }
    assert.deepEqual(statuses, [200, 429]);
    await server.close();
  });

  it('takes keys over https, or on loopback', () => {
    const load = (url: string): unknown =>
      loadConfig({ env: { TIDEMARK_AUTH_MODE: 'jwt', TIDEMARK_AUTH_JWKS_URL: url } });
    for (const url of ['https://keys.example/jwks', 'http://localhost:1/jwks', 'http://[::1]/k']) load(url);
    for (const url of ['http://keys.example/jwks', 'http://127.0.0.1.example/', 'http://localhost:1@evil/']) {
      assert.throws(() => load(url), /auth\.jwks_url/, url);
    }
  });

  it('tells nothing of a fault of its own', async () => {
    const server = await serverWith({}, () => Promise.reject(new Error('a secret')));
    const { statusCode, body } = await server.inject({ url: path });
    assert.equal(statusCode, 500);
    assert.doesNotMatch(body, /secret/);
    await server.close();
  });

  it('answers what is under way before it ends', async () => {
    let answer: ((text: string) => void) | null = null;
    const server = await serverWith({}, () => new Promise((resolve) => (answer = resolve)));
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const under = fetch(`${url}${path}`);
    const send = await until(() => answer, { what: 'the request to be under way' });
    const closed = server.close();
    send('{"account_id":"7"}');
    assert.deepEqual(await (await under).json(), { account_id: '7' });
    await closed;
    await assert.rejects(fetch(`${url}${path}`));
  });

  it('bounds the headers of a request', async () => {
    const server = await serverWith({}, () => Promise.resolve('{}'));
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const long = 'x'.repeat(limits.gatewayHeaderBytesMax + 1);
    const status = await new Promise((resolve, reject) => {
      request(`${url}${path}`, { headers: { long }, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });
    assert.equal(status, 431);
    await server.close();
  });
});
