/** Effects that were recorded before a start, asked for again in the order of LEDGER. */
import assert from 'node:assert/strict';
import { RecordedEffects } from '../src/recorded-effects.ts';
import type { RecordedEffect } from '../src/domain/recorded.ts';

function recorded(sequence: number, index: number, fields: Partial<RecordedEffect> = {}): RecordedEffect {
  return {
    account: '',
    sequence,
    index,
    bookings: [sequence],
    late: null,
    rate: 1,
    equityBefore: NaN,
    navBefore: NaN,
    units: NaN,
    nav: NaN,
    epoch: 1,
    tick: 7,
    time: 70,
    ...fields,
  };
}

describe('recorded effects', () => {
  it('are found by sequence and index, in order, also behind some that nobody asks for', () => {
    const effects = new RecordedEffects();
    for (const each of [recorded(3, 0), recorded(3, 2), recorded(5, 0), recorded(9, 1)]) effects.add(each);
    assert.equal(effects.through, 9);
    assert.equal(effects.effect(3, 2)?.index, 2);
    assert.equal(effects.effect(3, 1), null);
    assert.equal(effects.effect(9, 0), null);
    assert.deepEqual(effects.effect(9, 1)?.bookings, [9]);
  });

  it('are found, too, where an account was rebuilt after others had gone on', () => {
    const effects = new RecordedEffects();
    for (const sequence of [1, 5, 6, 2, 4, 9]) effects.add(recorded(sequence, 0));
    for (const sequence of [1, 2, 4, 5, 6]) {
      assert.deepEqual(effects.effect(sequence, 0)?.bookings, [sequence]);
    }
    assert.equal(effects.effect(7, 0), null);
    assert.deepEqual(effects.effect(9, 0)?.bookings, [9]);
  });

  it('are what was added, however many there are', () => {
    const effects = new RecordedEffects();
    const many = Array.from({ length: 5_000 }, (_, i) =>
      recorded(i + 1, i % 3, {
        bookings: Array.from({ length: i % 5 }, (_booking, at) => (at === 2 ? NaN : i * 10 + at)),
        rate: i / 7,
        equityBefore: i % 2 === 0 ? NaN : -i,
        units: i,
        epoch: 1 + (i % 4),
      }),
    );
    for (const each of many) effects.add(each);
    for (const each of many) assert.deepEqual(effects.effect(each.sequence, each.index), each);
    effects.forget();
    assert.equal(effects.effect(5_000, 1), null);
  });

  it('that were recorded before their tick are of the next one, the last of them of none', () => {
    const effects = new RecordedEffects();
    effects.add(recorded(1, 0, { tick: NaN, time: NaN }));
    effects.add(recorded(2, 0, { tick: 8, time: 80 }));
    effects.add(recorded(3, 0, { tick: NaN, time: NaN }));
    assert.deepEqual([effects.effect(1, 0)?.tick, effects.effect(1, 0)?.time], [8, 80]);
    assert.equal(effects.effect(3, 0)?.tick, NaN);
    assert.equal(effects.tick, 8);
  });

  it('keep late bookings by the account and the sequence it had', () => {
    const effects = new RecordedEffects();
    const late = { field: 'fees', currency: 'EUR', amount: 5 } as const;
    effects.add(recorded(4, 0, { account: 'a', late, tick: 9 }));
    assert.deepEqual(
      effects.late('a', 4).map(({ tick }) => tick),
      [9],
    );
    assert.deepEqual(effects.late('b', 4), []);
    assert.equal(effects.through, 4);
    effects.forget();
    assert.deepEqual(effects.late('a', 4), []);
  });
});
