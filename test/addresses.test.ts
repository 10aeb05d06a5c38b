import assert from 'node:assert/strict';
import { loadConfig } from '../config/load.ts';
import { wantedPorts } from '../src/addresses.ts';

describe('addresses of an installation', () => {
  it('are those that its parts listen on: the gateway where it is told to', () => {
    const env = { TIDEMARK_HTTP_HOST: '127.0.0.2', TIDEMARK_NATS_URL: 'nats://elsewhere:4222' };
    const hosts = wantedPorts(loadConfig({ env })).map(({ key, host }) => [key, host]);
    assert.deepEqual(hosts, [
      ['store.port', '127.0.0.1'],
      ['http.port', '127.0.0.2'],
    ]);
  });
});
