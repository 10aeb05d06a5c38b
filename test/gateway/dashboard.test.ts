/** The dashboard's files as the gateway serves them: what may be kept, what the page may load, and what is not told. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from '../../src/gateway/parts.ts';
import { gatewayOf } from '../support/made-up-doors.ts';

const html = '<!doctype html><title>Tidemark</title>';

describe('the files of the dashboard', () => {
  let folder: string;
  let server: Server;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidemark-dashboard-'));
    mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
    writeFileSync(join(folder, 'dist', 'index.html'), html);
    writeFileSync(join(folder, 'dist', '.sources'), 'hash');
    writeFileSync(join(folder, 'dist', 'assets', 'index-1a2b.js'), 'export {};');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    const env = { TIDEMARK_AUTH_MODE: 'jwt', TIDEMARK_AUTH_SECRET: 'a secret of at least thirty-two bytes' };
    server = await gatewayOf({ env, dashboard: join(folder, 'dist') });
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are for everybody: the page, which is asked for anew each time, and scripts that are kept', async () => {
    const page = await server.inject({ url: '/' });
    assert.deepEqual([page.statusCode, page.body], [200, html]);
    assert.equal(page.headers['cache-control'], 'no-cache');
    assert.match(String(page.headers['content-type']), /^text\/html/);
    const again = await server.inject({ url: '/', headers: { 'if-none-match': String(page.headers.etag) } });
    assert.equal(again.statusCode, 304);
    const script = await server.inject({ url: '/assets/index-1a2b.js' });
    assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.match(String(script.headers['content-type']), /javascript/);
  });

  it('may load and reach nothing but their own address, and nothing inline', async () => {
    const { headers } = await server.inject({ url: '/' });
    const policy = String(headers['content-security-policy']).split(';');
    assert.deepEqual(policy, [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "font-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    const api = await server.inject({ url: '/api/v1/ready' });
    assert.equal(api.headers['content-security-policy'], "default-src 'none';frame-ancestors 'none'");
  });

  it('are none but those that were built', async () => {
    for (const path of ['nope.js', '..%2f.sources', '..%2f..%2fsecret.txt', '%2e%2e%2findex.html', '.%00']) {
      const { statusCode, body } = await server.inject({ url: `/assets/${path}` });
      assert.ok(statusCode >= 400 && statusCode < 500, `${path}: ${statusCode}`);
      assert.doesNotMatch(body, /secret|hash|doctype/, path);
    }
  });

  it('are missing until they are built, which the page says', async () => {
    const unbuilt = join(folder, 'later');
    const gateway = await gatewayOf({ dashboard: unbuilt });
    const before = await gateway.inject({ url: '/' });
    assert.equal(before.statusCode, 503);
    assert.match(before.body, /not built: run `node web\/build\.mjs`/);
    mkdirSync(unbuilt);
    writeFileSync(join(unbuilt, 'index.html'), html);
    assert.equal((await gateway.inject({ url: '/' })).body, html);
    await gateway.close();
  });
});
