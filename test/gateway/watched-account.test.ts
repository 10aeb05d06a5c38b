/** Which state of an account counts, by itself: what came, and what was asked for, in whatever order the answers come. */
import assert from 'node:assert/strict';
import type { AccountFigures } from '../../src/client/account-reply.ts';
import { WatchedAccount } from '../../src/gateway/ws/watched-account.ts';

describe('an account that is watched', () => {
  const told: (number | undefined)[] = [];
  let account: WatchedAccount;
  const figures = (tick: number, sequence = tick): AccountFigures =>
    ({ account_id: '7', tick, sequence, total_equity: 100 }) as AccountFigures;
  const update = (tick: number): void => {
    account.take({ tick, sequence: tick, bytes: Buffer.from('') });
  };

  beforeEach(() => {
    told.length = 0;
    account = new WatchedAccount('7');
    account.readers.add({ changed: ({ frame }) => void told.push(frame?.tick), appeared: () => false });
  });

  it('is not stepped back by a late answer to a question of before an update', () => {
    const early = account.asking();
    update(12);
    const later = account.asking();
    assert.equal(account.answered(later, figures(12)), false);
    assert.equal(account.answered(early, figures(10)), false);
    update(13);
    assert.deepEqual(told, [12, 13]);
  });

  it('nor by one that comes after the answer to a later question', () => {
    const [early, later] = [account.asking(), account.asking()];
    assert.equal(account.answered(later, figures(20)), true);
    assert.equal(account.answered(early, figures(10)), false);
    assert.deepEqual(told, [20]);
  });

  it('is set back by what was asked after the last update: the engine is another one', () => {
    update(12);
    account.doubt();
    assert.equal(account.answered(account.asking(), figures(11)), true);
    assert.deepEqual(told, [12, 11]);
  });

  it('is told between ticks only where updates may have been lost, and to a question of after that', () => {
    update(12);
    account.answered(account.asking(), figures(12, 13));
    const early = account.asking();
    account.doubt();
    account.answered(early, figures(12, 14));
    assert.deepEqual(told, [12]);
    account.answered(account.asking(), figures(12, 15));
    account.answered(account.asking(), figures(12, 16));
    assert.deepEqual(told, [12, 12]);
  });
});
