/** What `doctor` says of a gateway that is not there, is another program or of another version, and of alerts that wait. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { limits } from '../../config/limits.ts';
import { loadConfig } from '../../config/load.ts';
import { gatewayChecks } from '../../src/cli/doctor-gateway.ts';
import { connectNats } from '../../src/client/nats.ts';
import { Webhooks } from '../../src/gateway/webhooks/webhooks.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { version } from '../../src/version.ts';
import { ensureStream } from '../../streams/sources/ensure-stream.ts';
import { alertsDefinition } from '../../streams/sources/stream-definitions.ts';
import { freePort } from '../support/free-port.ts';
import { startNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

describe('doctor, of the gateway', () => {
  let server: Server;
  let body = '';
  const found = async (env: Record<string, string>, name = 'gateway'): Promise<string> => {
    const check = gatewayChecks(loadConfig({ env })).find((each) => each.name === name);
    assert.ok(check !== undefined);
    return check.run();
  };
  const here = (): Record<string, string> => ({
    TIDEMARK_HTTP_PORT: String((server.address() as AddressInfo).port),
  });

  before(async () => {
    server = createServer((_, answer) => answer.end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  it('says what answers, and who may ask', async () => {
    body = JSON.stringify({ status: 'ok', version, parts: {} });
    assert.match(await found(here()), new RegExp(`, ok, version ${version}, without tokens, on loopback$`));
  });

  it('says what to do where nobody answers, or somebody else, or what does not fit', async () => {
    const nobody = { TIDEMARK_HTTP_PORT: String(await freePort()) };
    await assert.rejects(found(nobody), /nobody answers at http:.*tidemark run gateway/);
    body = '{"hello":"world"}';
    await assert.rejects(found(here()), /is taken by another program: set http\.port/);
    body = JSON.stringify({ status: 'ok', version: '0.0.1', parts: {} });
    await assert.rejects(found(here()), /is version 0\.0\.1, and this is .*: start it anew/);
    const parts = { engine: { state: 'down' }, nats: { state: 'up' } };
    body = JSON.stringify({ status: 'down', version, parts });
    await assert.rejects(found(here()), /is down: engine down, nats up/);
  });

  it('says how many alerts wait for whom, and fails where they are many', async () => {
    const nats = await startNats();
    const receiver = { url: 'http://127.0.0.1:9/alerts', secret: 'thirty-two bytes are the least of it' };
    const env = { TIDEMARK_NATS_URL: nats.url, TIDEMARK_WEBHOOKS: JSON.stringify([receiver]) };
    const config = loadConfig({ env });
    const door = await connectNats(config);
    await ensureStream(door.connection, alertsDefinition);
    assert.match(await found(env, 'webhooks'), /^127\.0\.0\.1\/[0-9a-f]{8} has had nothing yet$/);
    const webhooks = new Webhooks(config, door, quietLog);
    webhooks.start();
    await until(async () => (await webhooks.figures())[0]?.backlog === 0, { what: 'its position' });
    webhooks.stop();
    for (let i = 0; i < 3; i++) await door.publishAcknowledged(`alerts.rejected.7.${i}.raised`, {});
    assert.match(await found(env, 'webhooks'), / 3 waiting$/);
    for (let i = 3; i <= limits.doctorAlertsWaitingMax; i++) {
      await door.publishAcknowledged(`alerts.rejected.7.${i}.raised`, {});
    }
    await assert.rejects(found(env, 'webhooks'), /101 alerts wait for 127\.0\.0\.1\//);
    await door.close();
    await nats.stop();
  });
});
