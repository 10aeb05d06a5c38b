/**
 * What a new reader is given of one account and of as many as it may read, also right after the engine was restarted. How
 * long that takes is printed, and not judged: a busy machine says nothing of it.
 */
import assert from 'node:assert/strict';
import { connect } from 'nats';
import { limits } from '../../config/limits.ts';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';
import { WsClient } from '../support/ws-client.ts';

const ids = Array.from({ length: limits.gatewayWsAccountsMax }, (_, i) => `h${i}`);

describe('a new reader', function () {
  this.timeout(120_000);
  let tidemark: RunningTidemark;

  before(async () => {
    tidemark = await runningTidemark();
    await Promise.all(
      ids.map((id, i) =>
        tidemark.nats.publish(`cash.${id}`, { id: 'first', type: 'deposit', amount: i + 1 }),
      ),
    );
  });
  after(() => tidemark.stop());

  async function stateOf(accounts: readonly string[]): Promise<number> {
    const reader = await WsClient.connect(tidemark.installation.httpPort);
    const begun = performance.now();
    await reader.ok('equity.subscribe', { account_ids: accounts });
    await until(() => reader.data('equity').length >= accounts.length, { what: 'all states', pollMs: 1 });
    const ms = performance.now() - begun;
    const shown = new Map(reader.data('equity').map((frame) => [frame['account_id'], frame['total_equity']]));
    for (const id of accounts) assert.equal(shown.get(id), ids.indexOf(id) + 1, id);
    reader.close();
    return ms;
  }

  it(`has the state of one account, and of ${ids.length}, right after a restart of the engine too`, async () => {
    const asker = await connect({ servers: `127.0.0.1:${tidemark.installation.natsPort}` });
    const statsNow = async (): Promise<Json> =>
      (await asker.request('tidemark.stats', '{}', { timeout: 1_000 })).json();
    await until(async () => (await statsNow())['accounts'] === ids.length, { what: 'all accounts' });
    const one = await stateOf(ids.slice(7, 8));
    const all = await stateOf(ids);
    const { pid } = await statsNow();
    process.kill(Number(pid), 'SIGKILL');
    await until(async () => (await statsNow())['pid'] !== pid && (await statsNow())['state'] === 'live', {
      what: 'the engine to be back',
      timeoutMs: 60_000,
    });
    const [oneAfter, allAfter] = [await stateOf(ids.slice(8, 9)), await stateOf(ids)];
    const told = [one, all, oneAfter, allAfter].map((ms) => `${ms.toFixed(1)} ms`);
    console.log(
      `      one account ${told[0]}, ${ids.length} ${told[1]}; after a restart ${told[2]}, ${told[3]}`,
    );
    await asker.close();
  });
});
