/** Real processes killed, stopped and ended under load: afterwards every account and every row is as it must be. */
import assert from 'node:assert/strict';
import { kill } from '../../scripts/faults/parts/kill.ts';
import { sigterm } from '../../scripts/faults/parts/sigterm.ts';
import { storeAway } from '../../scripts/faults/parts/store-away.ts';
import { sigstop, standby } from '../../scripts/faults/parts/takeover.ts';
import { lineOf, survive } from './small-form.ts';

const nothing = { lost: 0, doubled: 0, differing: 0 };

describe('nothing is lost and nothing counts twice when', function () {
  this.timeout(180_000);

  it('engine, sink, store and nats-server are killed with -9 at random moments', async () => {
    const rows = await survive(kill);
    assert.deepEqual(lineOf(rows, 'all of these'), { times: 6, ...nothing });
    assert.deepEqual(
      rows.map(({ fault, times }) => [fault, times]),
      [
        ['kill -9 engine', 3],
        ['kill -9 sink', 1],
        ['kill -9 store', 1],
        ['kill -9 nats-server', 1],
        ['all of these', 6],
      ],
    );
  });

  it('an engine is cut off, replaced and resumed: it ends, and nothing of its epoch is taken any more', async () => {
    assert.deepEqual(lineOf(await survive(sigstop), 'SIGSTOP, taken over, SIGCONT'), {
      times: 1,
      ...nothing,
    });
  });

  it('the owner of a partition is killed and its standby takes over', async () => {
    assert.deepEqual(lineOf(await survive(standby), 'kill -9 of the owner'), { times: 1, ...nothing });
  });

  it('the store is away and comes back', async () => {
    assert.deepEqual(lineOf(await survive(storeAway), 'store away 3 s'), { times: 1, ...nothing });
  });

  it('up, or an engine alone, is ended by SIGTERM: exit code 0', async () => {
    const rows = await survive(sigterm);
    assert.deepEqual(lineOf(rows, 'SIGTERM of up'), { times: 1, ...nothing });
    assert.deepEqual(lineOf(rows, 'SIGTERM of the engine'), { times: 1, ...nothing });
  });
});
