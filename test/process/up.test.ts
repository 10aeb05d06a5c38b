import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { isPortFree, natsGreeting } from '../../src/process/port.ts';
import { freePorts } from '../support/free-port.ts';
import { startNats } from '../support/nats.ts';
import {
  runTidemark,
  startUp,
  testInstallation,
  type TestInstallation,
  type Tidemark,
} from '../support/tidemark.ts';
import { until } from '../support/until.ts';

describe('tidemark up', function () {
  this.timeout(90_000);
  let here: TestInstallation;
  let up: Tidemark | null = null;

  const portsAreFree = async (): Promise<boolean> =>
    (await isPortFree(here.natsPort, '127.0.0.1')) && (await isPortFree(here.storePort, '127.0.0.1'));
  const storeAnswers = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${here.storePort}/ping`)).ok;
  const pidIn = (...path: string[]): number => Number(readFileSync(join(here.dataDir, ...path), 'utf8'));

  beforeEach(async () => {
    here = await testInstallation();
  });
  afterEach(async () => {
    if (up !== null) {
      up.process.kill('SIGKILL');
      await up.ended;
      up = null;
    }
    await until(portsAreFree, { what: 'the ports to be free' });
    here.remove();
  });

  it('starts everything, keeps it running, and ends in order with exit code 0 on Ctrl-C', async () => {
    up = await startUp(here.env);
    const ready = JSON.parse(up.stdout()) as {
      nats: string;
      clickhouse: { url: string };
      http: string;
      data_dir: string;
    };
    assert.equal(ready.nats, `nats://127.0.0.1:${here.natsPort}`);
    assert.equal(ready.clickhouse.url, `http://127.0.0.1:${here.storePort}`);
    assert.equal(ready.data_dir, here.dataDir);
    assert.equal((await natsGreeting('127.0.0.1', here.natsPort))?.jetstream, true);
    assert.ok(await storeAnswers());
    assert.equal(ready.http, `http://127.0.0.1:${here.httpPort}`);
    assert.equal((await fetch(`${ready.http}/api/v1/health`)).status, 200);

    const doctor = await runTidemark(['doctor', '--json'], here.env);
    const findings = JSON.parse(doctor.stdout) as { check: string; ok: boolean; detail: string }[];
    assert.deepEqual(
      findings.filter(({ ok }) => !ok),
      [],
    );
    assert.equal(doctor.code, 0);

    const store = pidIn('store', 'holder.pid');
    process.kill(store, 'SIGKILL');
    await until(async () => pidIn('store', 'holder.pid') !== store && (await storeAnswers()), {
      what: 'the store to be back after kill -9',
      timeoutMs: 30_000,
    });

    up.process.kill('SIGINT');
    assert.equal(await up.ended, 0);
    assert.ok(await portsAreFree());
    assert.equal(existsSync(join(here.dataDir, 'lock')), false);
  });

  it('takes everything with it when it is killed, and starts again on the same data', async () => {
    up = await startUp(here.env);
    const nats = pidIn('nats', 'nats-server.pid');
    up.process.kill('SIGKILL');
    await up.ended;
    up = await startUp(here.env);
    assert.notEqual(pidIn('nats', 'nats-server.pid'), nats);
    up.process.kill('SIGTERM');
    assert.equal(await up.ended, 0);
  });

  it('refuses a data directory that a running one uses, in one sentence', async () => {
    up = await startUp(here.env);
    const [natsPort, storePort] = await freePorts(2);
    const other = {
      ...here.env,
      TIDEMARK_NATS_PORT: String(natsPort),
      TIDEMARK_STORE_PORT: String(storePort),
    };
    const second = await runTidemark(['up'], other);
    assert.equal(second.code, 1);
    assert.match(second.stderr, new RegExp(`^tidemark: .*in use.*process ${up.process.pid}.*data_dir.*\n$`));
    const sameports = await runTidemark(['up'], {
      ...here.env,
      TIDEMARK_DATA_DIR: join(here.dataDir, 'other'),
    });
    assert.equal(sameports.code, 1);
    assert.match(
      sameports.stderr,
      new RegExp(`^tidemark: port ${here.natsPort} is taken by another Tidemark: set nats\\.port.*\n$`),
    );
  });

  it('refuses a data directory of another version, in one sentence', async () => {
    writeFileSync(join(here.dataDir, 'VERSION'), '0\n');
    const { code, stderr } = await runTidemark(['up'], here.env);
    assert.equal(code, 1);
    assert.match(stderr, /^tidemark: the data directory .* has format 0.*set data_dir.*\n$/);
  });

  it('names the key of a port that another program has', async () => {
    for (const [port, key] of [
      [here.natsPort, 'nats.port'],
      [here.storePort, 'store.port'],
      [here.httpPort, 'http.port'],
    ] as const) {
      const occupant = await listen(port);
      const { code, stderr } = await runTidemark(['up'], here.env);
      await new Promise((resolve) => occupant.close(resolve));
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(`^tidemark: port ${port} is taken by another program: set ${key} .*\n$`),
      );
      assert.equal(existsSync(join(here.dataDir, 'lock')), false);
    }
  });

  it('tells a part that cannot start, and ends the others', async () => {
    writeFileSync(join(here.dataDir, 'nats'), 'not a directory');
    const { code, stderr } = await runTidemark(['up'], here.env);
    assert.equal(code, 1);
    assert.match(stderr, /^tidemark: .*nats.*\n$/s);
  });

  it('says when the NATS that it was told to use is not there', async () => {
    const { code, stderr } = await runTidemark(['up'], {
      ...here.env,
      TIDEMARK_NATS_URL: `nats://127.0.0.1:${here.natsPort}`,
    });
    assert.equal(code, 1);
    assert.match(stderr, /^tidemark: NATS does not answer at .*: set nats\.url .*\n$/);
  });

  it('uses a NATS that is there already, and leaves it running', async () => {
    const nats = await startNats();
    try {
      up = await startUp({ ...here.env, TIDEMARK_NATS_URL: nats.url });
      assert.equal(existsSync(join(here.dataDir, 'nats')), false);
      up.process.kill('SIGTERM');
      assert.equal(await up.ended, 0);
      assert.notEqual(await natsGreeting('127.0.0.1', nats.port), null);
    } finally {
      await nats.stop();
    }
  });

  it('answers a wrong call or configuration with exit code 2', async () => {
    for (const args of [
      ['up', '--nope'],
      ['run', 'captain'],
      ['run'],
      ['nonsense'],
      ['toString'],
      ['up', '--config', '/nowhere.yaml'],
    ]) {
      const { code, stderr } = await runTidemark(args, here.env);
      assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
      assert.notEqual(stderr, '');
    }
    const { code, stderr } = await runTidemark(['up'], { ...here.env, TIDEMARK_TICK_INTERVAL_MS: 'soon' });
    assert.equal(code, 2);
    assert.match(stderr, /tick\.interval_ms: "soon" is not allowed; allowed: an integer/);
  });
});

async function listen(port: number): Promise<Server> {
  const server = createServer((socket) => socket.end('hello\r\n'));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
