/**
 * All roles and commands with a NATS that asks for a user over TLS and a ClickHouse behind https: one configuration for
 * all of them. What is wrong ends with a sentence and exit code 1, and no secret is in any log.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as dial, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { freePort } from '../support/free-port.ts';
import { GatewayClient } from '../support/gateway-client.ts';
import { startNats, type TestNats } from '../support/nats.ts';
import type { Json } from '../support/running-tidemark.ts';
import { startStoreProcess, type TestStore } from '../support/store-process.ts';
import { runTidemark, spawnTidemark, type Tidemark } from '../support/tidemark.ts';
import { until } from '../support/until.ts';

const tls = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const secrets = {
  nats: 'hush-nats-password',
  token: 'hush-a-secret-of-thirty-two-bytes-or-more',
  webhook: 'hush-the-secret-of-a-receiver-of-alerts',
};

describe('a system of which the servers ask who it is', function () {
  this.timeout(120_000);
  let nats: TestNats;
  let store: TestStore;
  let proxy: Server;
  let roles: Tidemark;
  let env: Record<string, string>;
  const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-secured-'));

  /** Of the system with these variables over its own. */
  const run = (args: string[], other: Record<string, string> = {}): ReturnType<typeof runTidemark> =>
    runTidemark(args, { ...env, ...other });

  before(async () => {
    const asks = `
authorization { user: tide, password: "${secrets.nats}" }
tls { cert_file: "${tls('server.pem')}", key_file: "${tls('server.key')}" }`;
    [nats, store] = await Promise.all([startNats(asks), startStoreProcess()]);
    proxy = createServer(
      { cert: readFileSync(tls('server.pem')), key: readFileSync(tls('server.key')) },
      (client) => {
        const behind = dial(store.port, '127.0.0.1');
        client.pipe(behind).pipe(client);
        for (const socket of [client, behind]) socket.on('error', () => void [client, behind].map((each) => each.destroy())); // prettier-ignore
      },
    );
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const httpPort = await freePort();
    // Nobody is there.
    const receiver = `http://127.0.0.1:${await freePort()}/hush-path`;
    env = {
      TIDEMARK_NATS_URL: nats.url.replace('nats:', 'tls:'),
      TIDEMARK_NATS_USER: 'tide',
      TIDEMARK_NATS_PASSWORD: secrets.nats,
      TIDEMARK_NATS_CA_FILE: tls('ca.pem'),
      TIDEMARK_CLICKHOUSE_URL: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      TIDEMARK_CLICKHOUSE_USER: store.user,
      TIDEMARK_CLICKHOUSE_PASSWORD: store.password,
      TIDEMARK_CLICKHOUSE_CA_FILE: tls('ca.pem'),
      TIDEMARK_AUTH_MODE: 'jwt',
      TIDEMARK_AUTH_SECRET: secrets.token,
      TIDEMARK_WEBHOOKS: JSON.stringify([{ url: receiver, secret: secrets.webhook }]),
      TIDEMARK_HTTP_PORT: String(httpPort),
      TIDEMARK_DATA_DIR: dataDir,
      TIDEMARK_LOG_LEVEL: 'trace',
    };
    roles = spawnTidemark(['run', '--roles', 'engine,sink,gateway'], env);
    await until(() => roles.stderr().includes('"listening"'), {
      what: 'the roles to run',
      timeoutMs: 60_000,
    });
  });
  after(async () => {
    roles.process.kill('SIGTERM');
    await roles.ended;
    proxy.close();
    await Promise.all([nats.stop(), store.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('is one for commands, engine, sink and gateway', async () => {
    const deposit = await run(['deposit', '7', '100', '--wait', '--json']);
    assert.equal(deposit.code, 0, deposit.stderr);
    const rows = await until(
      async () => {
        const { stdout, code } = await run([
          'sql',
          '--json',
          'SELECT account_id, total_equity FROM equity_curve',
        ]);
        const found = code === 0 ? (JSON.parse(stdout) as Json[]) : [];
        return found.length > 0 ? found : null;
      },
      { what: 'the row in ClickHouse', timeoutMs: 60_000 },
    );
    assert.deepEqual(rows[0], { account_id: '7', total_equity: '10000' });
    const token = await new SignJWT({ accounts: ['7'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('tidemark')
      .setExpirationTime('10 minutes')
      .sign(new TextEncoder().encode(secrets.token));
    const gateway = new GatewayClient(`http://127.0.0.1:${env['TIDEMARK_HTTP_PORT'] ?? ''}`, token);
    assert.equal((await gateway.ok('/api/v1/accounts/7'))['total_equity'], 10_000);
    assert.equal(((await gateway.ok('/api/v1/accounts/7/history'))['points'] as Json[]).length, 1);
  });

  it('ends a role and a command that are refused with one sentence and exit code 1', async () => {
    const wrongUser = { TIDEMARK_NATS_PASSWORD: 'hush-wrong' };
    const wrongCa = { TIDEMARK_NATS_CA_FILE: tls('other-ca.pem') };
    const wrongHistory = { TIDEMARK_CLICKHOUSE_PASSWORD: 'hush-wrong' };
    const wrongHistoryCa = { TIDEMARK_CLICKHOUSE_CA_FILE: tls('other-ca.pem') };
    const cases: [args: string[], wrong: Record<string, string>, told: RegExp][] = [
      [['run', 'engine'], wrongUser, /NATS at tls:\S+ refuses us .*set nats\.user/],
      [['run', 'gateway'], wrongCa, /NATS at tls:\S+ and we do not trust each other .*set nats\.ca_file/],
      [['run', 'sink'], wrongHistory, /ClickHouse at https:\S+ refuses the user default: set clickhouse\.user/],
      [['run', 'sink'], wrongHistoryCa, /ClickHouse at https:\S+ and we do not trust each other .*clickhouse\.ca_file/],
      [['accounts'], wrongUser, /^tidemark: NATS at tls:\S+ refuses us .*set nats\.user.*\n$/],
      [['sql', 'SELECT 1'], wrongHistory, /^tidemark: ClickHouse at https:\S+ refuses the user default .*\n$/],
      [['sql', 'SELECT 1'], wrongHistoryCa, /^tidemark: ClickHouse at https:\S+ and we do not trust each other .*\n$/],
    ]; // prettier-ignore
    await Promise.all(
      cases.map(async ([args, wrong, told]) => {
        const { code, stderr } = await run(args, { ...wrong, TIDEMARK_LOG_LEVEL: 'info' });
        assert.equal(code, 1, `${args.join(' ')}: ${stderr}`);
        assert.match(stderr, told);
        assert.doesNotMatch(stderr, /\bat .*\.(ts|js):\d+|hush/);
      }),
    );
  });

  it('says of credentials that make no sense all at once, and shows none', async () => {
    const { code, stderr } = await run(['accounts'], {
      TIDEMARK_NATS_TOKEN: 'hush-token',
      TIDEMARK_NATS_CERT_FILE: tls('client.pem'),
      TIDEMARK_CLICKHOUSE_URL: 'http://default:hush@127.0.0.1:1',
      TIDEMARK_NATS_PASWORD: 'hush-typo',
    });
    assert.equal(code, 2);
    for (const key of [
      'nats.token',
      'nats.cert_file',
      'clickhouse.url',
      'clickhouse.ca_file',
      'TIDEMARK_NATS_PASWORD',
    ]) {
      assert.match(stderr, new RegExp(`^  ${key.replace('.', '\\.')}: `, 'm'));
    }
    assert.doesNotMatch(stderr, /hush/);
  });

  it('has no secret in any log, at whatever level', async () => {
    // Refused, which is an alert, which its receiver does not take: what is told of that has to do without the secret.
    const fine = ['--symbol', 'AAPL', '--side', 'buy', '--quantity', '0.00001', '--price', '1'];
    const refused = await run(['settle', '7', ...fine, '--wait']);
    assert.equal(refused.code, 1);
    await until(() => /"alert":"rejected\.7\.[^"]+","detail":"ECONNREFUSED"/.test(roles.stderr()), {
      what: 'an entry of the receiver',
      timeoutMs: 30_000,
    });
    const log = roles.stderr() + roles.stdout();
    assert.match(log, /"role":"engine,sink,gateway"/);
    for (const line of log.trim().split('\n')) JSON.parse(line);
    for (const secret of [...Object.values(secrets), store.password, 'hush'])
      assert.ok(!log.includes(secret));
  });
});
