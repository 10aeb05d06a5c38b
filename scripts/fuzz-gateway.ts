/**
 * Hostile requests to a gateway that runs: `npm run fuzz -- --url http://127.0.0.1:8080 --requests 5000 --seed 1`. It gives
 * orders, too: only where nothing is lost by them. Exit code 1 where an answer is a fault.
 */
import { parseArgs } from 'node:util';
import { GatewayClient } from '../test/support/gateway-client.ts';
import { fuzzGateway } from './fuzz/gateway.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    token: { type: 'string' },
    requests: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
  },
});
const client = new GatewayClient(values.url, values.token ?? null);
const report = await fuzzGateway(client, {
  requests: Number(values.requests),
  seed: Number(values.seed),
  atOnce: 16,
});
console.log(JSON.stringify(report, null, 2));
process.exitCode = report.failures.length === 0 ? 0 : 1;
