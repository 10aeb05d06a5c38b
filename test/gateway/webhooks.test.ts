/**
 * Alerts out: a real NATS, real HTTP receivers that fail, hang, refuse and come back, and a gateway that is killed in
 * between. What a receiver was told is what its server has seen.
 */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'nats';
import { loadConfig } from '../../config/load.ts';
import { connectNats, type NatsDoor } from '../../src/client/nats.ts';
import { Webhooks } from '../../src/gateway/webhooks/webhooks.ts';
import type { Alert } from '../../src/ports.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { alertSubject, encodeAlert } from '../../streams/codec/alert.ts';
import { ensureStream } from '../../streams/sources/ensure-stream.ts';
import { alertsDefinition } from '../../streams/sources/stream-definitions.ts';
import { freePort } from '../support/free-port.ts';
import { startNats, type TestNats } from '../support/nats.ts';
import { spawnTidemark, type Tidemark } from '../support/tidemark.ts';
import { until } from '../support/until.ts';

const secret = 'the secret of a receiver, thirty-two bytes or more';

interface Seen {
  readonly path: string;
  readonly key: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers by path as a test says, and keeps what it was sent. */
class Receivers {
  readonly seen: Seen[] = [];
  readonly answers = new Map<string, (answer: ServerResponse, attempt: number) => void>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url: path = '', headers } = request;
        const key = String(headers['idempotency-key']);
        this.seen.push({ path, key, headers, body: Buffer.concat(chunks).toString() });
        this.answers.get(path)?.(answer, this.keysAt(path).filter((each) => each === key).length);
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  keysAt(path: string): string[] {
    return this.seen.filter((each) => each.path === path).map(({ key }) => key);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

function alert(id: string, more: Partial<Alert> = {}): Alert {
  return {
    id,
    kind: 'overdraft',
    account: '7',
    state: 'raised',
    severity: 'warning',
    message: 'cash below zero',
    details: {},
    timestamp: 1_760_000_000_000,
    ...more,
  };
}

const status =
  (code: number) =>
  (answer: ServerResponse): void =>
    void answer.writeHead(code).end();

describe('webhooks', function () {
  this.timeout(90_000);
  let nats: TestNats;
  let door: NatsDoor;
  let receivers: Receivers;
  let webhooks: Webhooks | null = null;
  let gateway: Tidemark | null = null;

  const configOf = (...given: object[]): Record<string, string> => ({
    TIDEMARK_NATS_URL: nats.url,
    TIDEMARK_WEBHOOKS: JSON.stringify(given.map((each) => ({ secret, ...each }))),
  });
  const publish = async (...alerts: Alert[]): Promise<void> => {
    for (const each of alerts) await door.publishAcknowledged(alertSubject(each), encodeAlert(each));
  };
  /** Alerts of before are for nobody: the test's are of after. */
  const isFollowed = async (count: number): Promise<void> => {
    const manager = await door.connection.jetstreamManager();
    await until(async () => (await manager.streams.info('ALERTS')).state.consumer_count === count, {
      what: 'the receivers to have their positions',
      timeoutMs: 30_000,
    });
  };

  beforeEach(async () => {
    nats = await startNats();
    door = await connectNats(loadConfig({ env: { TIDEMARK_NATS_URL: nats.url } }), { reconnects: true });
    await ensureStream(door.connection, alertsDefinition);
    receivers = new Receivers();
    await receivers.listen();
  });
  afterEach(async () => {
    webhooks?.stop();
    webhooks = null;
    gateway?.process.kill('SIGKILL');
    await gateway?.ended;
    gateway = null;
    receivers.close();
    await door.close();
    await nats.stop();
  });

  it('are delivered once, in order, signed, to each receiver what it wants, whatever the others do', async () => {
    const paths = ['/good', '/few', '/failing', '/hanging', '/refusing', '/moved'];
    receivers.answers.set('/good', status(204));
    receivers.answers.set('/few', status(200));
    receivers.answers.set('/failing', (answer, attempt) => status(attempt < 3 ? 503 : 200)(answer));
    receivers.answers.set('/hanging', () => undefined);
    receivers.answers.set('/refusing', (answer) => {
      status(receivers.keysAt('/refusing').at(-1)?.endsWith('.first.raised') === true ? 400 : 200)(answer);
    });
    receivers.answers.set('/moved', (answer) => {
      answer.writeHead(302, { location: receivers.url('/elsewhere') }).end();
    });
    const wanted = { kinds: ['suspension'], accounts: ['7', '_'] };
    const all = paths.map((path) => ({
      url: receivers.url(path),
      ...(path === '/few' ? wanted : {}),
    }));
    webhooks = new Webhooks(loadConfig({ env: configOf(...all) }), door, quietLog);
    webhooks.start();
    await isFollowed(all.length);
    await publish(
      alert('first'),
      alert('first', { state: 'cleared' }),
      alert('second', { kind: 'suspension', account: '8' }),
      alert('third', { kind: 'suspension' }),
    );
    const keys = ['overdraft.7.first.raised', 'overdraft.7.first.cleared', 'suspension.8.second.raised', 'suspension.7.third.raised']; // prettier-ignore
    const last = keys.at(-1);
    for (const path of ['/good', '/few', '/failing', '/refusing']) {
      await until(() => receivers.keysAt(path).at(-1) === last, {
        what: `the last alert at ${path}`,
        timeoutMs: 60_000,
      });
    }
    assert.deepEqual(receivers.keysAt('/good'), keys);
    assert.deepEqual(receivers.keysAt('/few'), [last]);
    assert.deepEqual(
      receivers.keysAt('/failing').filter((key) => key === keys[0]).length,
      3,
      'until it is taken, and no longer',
    );
    assert.deepEqual(
      receivers.keysAt('/refusing').map((key) => keys.indexOf(key)),
      // Refused five times, and then given up.
      [0, 0, 0, 0, 0, 1, 2, 3],
    );
    assert.equal(receivers.keysAt('/moved')[0], keys[0]);
    assert.deepEqual(receivers.keysAt('/elsewhere'), []);
    const [first] = receivers.seen.filter(({ path }) => path === '/good');
    assert.ok(first !== undefined);
    assert.deepEqual(first.body, Buffer.from(encodeAlert(alert('first'))).toString());
    const [, seconds = '', mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(first.headers['tidemark-signature'])) ?? []; // prettier-ignore
    assert.equal(mac, createHmac('sha256', secret).update(`${seconds}.${first.body}`).digest('hex'));
    assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 120);

    const figures = new Map((await webhooks.figures()).map((each, i) => [paths[i], each]));
    assert.deepEqual([figures.get('/good')?.delivered, figures.get('/good')?.givenUp], [4, 0]);
    assert.deepEqual([figures.get('/refusing')?.delivered, figures.get('/refusing')?.givenUp], [3, 1]);
    assert.equal(figures.get('/hanging')?.backlog, 4);
    assert.ok([...figures.values()].every(({ receiver }) => !receiver.includes('/hanging')));
  });

  it('that were not delivered when the gateway was killed are by the next one, under the same key', async () => {
    const [delivered, hanging] = ['/delivered', '/hanging'];
    receivers.answers.set(delivered, status(200));
    receivers.answers.set(hanging, () => undefined);
    const env = {
      ...configOf({ url: receivers.url(delivered) }, { url: receivers.url(hanging) }),
      TIDEMARK_HTTP_PORT: String(await freePort()),
    };
    gateway = spawnTidemark(['run', 'gateway'], env);
    await isFollowed(2);
    await publish(alert('first'));
    for (const path of [delivered, hanging]) {
      await until(() => receivers.keysAt(path).length === 1, { what: `the alert at ${path}` });
    }
    // Its acknowledgement follows the answer.
    const observer = await connect({ servers: nats.url });
    const manager = await observer.jetstreamManager();
    const waitsFor = async (): Promise<number[]> => {
      const consumers = await manager.consumers.list('ALERTS').next();
      return consumers.map(({ num_ack_pending }) => num_ack_pending).toSorted((a, b) => a - b);
    };
    await until(async () => (await waitsFor()).join() === '0,1', { what: 'one position to have moved' });
    gateway.process.kill('SIGKILL');
    await gateway.ended;
    await publish(alert('second'));
    receivers.answers.set(hanging, status(200));
    gateway = spawnTidemark(['run', 'gateway'], env);
    const [first, second] = ['overdraft.7.first.raised', 'overdraft.7.second.raised'];
    for (const path of [delivered, hanging]) {
      await until(() => receivers.keysAt(path).at(-1) === second, {
        what: `what came meanwhile at ${path}`,
        timeoutMs: 40_000,
      });
    }
    assert.deepEqual(receivers.keysAt(delivered), [first, second]);
    assert.deepEqual(receivers.keysAt(hanging), [first, first, second]);
    await observer.close();
    // In the log: neither the secret nor the path, which may be one.
    assert.match(gateway.stderr(), /listening/);
    assert.doesNotMatch(gateway.stderr(), /the secret of a receiver|\/hanging/);
  });
});
