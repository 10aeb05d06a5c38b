import assert from 'node:assert/strict';
import { loadConfig } from '../../config/load.ts';
import { connectNats, type NatsDoor } from '../../src/client/nats.ts';
import { startGateway } from '../../src/gateway/start-gateway.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { freePort } from '../support/free-port.ts';
import { startNats } from '../support/nats.ts';

describe('the role gateway', () => {
  it('fails where NATS closes for good, and not where it is told to stop', async () => {
    const nats = await startNats();
    const env = { TIDEMARK_NATS_URL: nats.url, TIDEMARK_HTTP_PORT: String(await freePort()) };
    const config = loadConfig({ env });
    const doors: NatsDoor[] = [];
    const start = () =>
      startGateway(config, quietLog, async (...given) => {
        const door = await connectNats(...given);
        doors.push(door);
        return door;
      });
    const stopped = await start();
    let hasFailed = false;
    stopped.failed.catch(() => (hasFailed = true));
    await stopped.stop();
    assert.equal(hasFailed, false);

    const lost = await start();
    await doors.at(-1)?.close();
    await assert.rejects(lost.failed, /closed for good/);
    await lost.stop();
    await nats.stop();
  });
});
