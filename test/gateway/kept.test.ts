import assert from 'node:assert/strict';
import { Kept } from '../../src/gateway/kept.ts';
import { until } from '../support/until.ts';

describe('a kept answer', () => {
  it('is asked for once, however many want it, and again when it is old', async () => {
    let asked = 0;
    const kept = new Kept(() => Promise.resolve(++asked), 5);
    assert.deepEqual(await Promise.all([kept.get(), kept.get()]), [1, 1]);
    assert.equal(
      await until(async () => ((await kept.get()) > 1 ? asked : null), { what: 'a new answer' }),
      2,
    );
  });

  it('may be a failure, which is no more than one at a time either', async () => {
    let asked = 0;
    const kept = new Kept(() => Promise.reject(new Error(`no ${++asked}`)), 60_000);
    await assert.rejects(kept.get(), /no 1/);
    await assert.rejects(kept.get(), /no 1/);
  });
});
