/** Messages that come again, late, out of order or in bad faith; and events whose worth was of another moment. */
import assert from 'node:assert/strict';
import { fuzz } from '../../scripts/faults/parts/fuzz.ts';
import { order, sameSettlement } from '../../scripts/faults/parts/repeats.ts';
import { revalue } from '../../scripts/faults/parts/revalue.ts';
import { lineOf, survive } from './small-form.ts';

describe('messages and markets that misbehave:', function () {
  this.timeout(180_000);

  it('the same settlement again counts once, and with another price is a conflict', async () => {
    const rows = await survive(sameSettlement);
    assert.deepEqual(lineOf(rows, 'same settlement again'), { times: 8, lost: 0, doubled: 0, differing: 0 });
  });

  it('settlements out of their own order are applied in the order of LEDGER', async () => {
    assert.equal(lineOf(await survive(order), 'out of their own order').differing, 0);
  });

  it('prices and rates move between an event and its replay, and what was booked stays', async () => {
    const { times, differing } = lineOf(await survive(revalue), 'kill -9, market moved');
    assert.deepEqual({ times, differing }, { times: 2, differing: 0 });
  });

  it('hostile messages on every input stop nothing and are dead letters', async () => {
    assert.equal(lineOf(await survive(fuzz), 'hostile messages').times, 1_500);
  });
});
