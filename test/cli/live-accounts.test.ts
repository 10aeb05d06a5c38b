import assert from 'node:assert/strict';
import type { AccountFigures } from '../../src/client/account-reply.ts';
import { LiveAccounts } from '../../src/cli/live-accounts.ts';

function figures(account_id: string, tick: number, total_equity: number): AccountFigures {
  const others = { day_change: -total_equity, drawdown: -1 / total_equity, currency: 'USD' };
  return { account_id, tick, total_equity, ...others } as unknown as AccountFigures;
}
const message = (f: AccountFigures): Uint8Array => Buffer.from(JSON.stringify(f));
const idsOf = (accounts: readonly AccountFigures[]): string[] => accounts.map((a) => a.account_id);

describe('live accounts', () => {
  it('show the last update of each', () => {
    const live = new LiveAccounts();
    for (const [tick, equity] of [
      [1, 100],
      [2, 200],
      [3, 300],
    ] as const)
      live.take('7', message(figures('7', tick, equity)));
    assert.deepEqual(
      live.top('id', 10).map((a) => a.total_equity),
      [300],
    );
    assert.equal(live.updates, 3);
  });

  it('are not set back by an answer that is older than an update', () => {
    const live = new LiveAccounts();
    live.take('7', message(figures('7', 5, 500)));
    live.top('id', 10);
    live.hydrate([figures('7', 4, 400), figures('8', 4, 400)]);
    assert.deepEqual(
      live.top('id', 10).map((a) => a.total_equity),
      [500, 400],
    );
  });

  it('come in order: ids by number, equity and day change highest first, drawdown deepest first', () => {
    const live = new LiveAccounts();
    live.hydrate([figures('10', 1, 300), figures('9', 1, 100), figures('alice', 1, 200)]);
    assert.deepEqual(idsOf(live.top('id', 10)), ['9', '10', 'alice']);
    assert.deepEqual(idsOf(live.top('equity', 10)), ['10', 'alice', '9']);
    assert.deepEqual(idsOf(live.top('day_change', 10)), ['9', 'alice', '10']);
    assert.deepEqual(idsOf(live.top('drawdown', 10)), ['9', 'alice', '10']);
    assert.deepEqual(idsOf(live.top('equity', 2)), ['10', 'alice']);
    assert.equal(live.count, 3);
  });
});
