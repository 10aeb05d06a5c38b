import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BookField, Effect } from '../../../src/domain/effect.ts';
import type { RecordedEffect } from '../../../src/domain/recorded.ts';
import { EffectMessage, previousPosition, readEffects } from '../../../streams/codec/effect-record.ts';
import { sampleEffect } from '../support/sample-rows.ts';

/** What a reader is to be given of an effect. */
function recorded(e: Effect, tick: number, time: number): RecordedEffect {
  const { sequence, index, rate, equityBefore, navBefore, units, nav, epoch, event } = e;
  const late =
    event.kind === 'booked' ? { field: event.field, currency: event.currency, amount: event.amount } : null;
  const account = late === null ? '' : e.accountId;
  const bookings = [...e.bookings];
  return {
    account, sequence, index, bookings, late, rate, equityBefore, navBefore, units, nav, epoch, tick, time,
  }; // prettier-ignore
}

function written(effects: readonly Effect[], tick: number, time: number, previous: number): Uint8Array {
  const message = new EffectMessage();
  for (const each of effects) message.add(each);
  message.seal(tick, time);
  return message.bytesAfter(previous);
}

function read(body: Uint8Array): RecordedEffect[] {
  const found: RecordedEffect[] = [];
  readEffects(body, (each) => void found.push(each));
  return found;
}

const double = fc.oneof(fc.double(), fc.constantFrom(NaN, 0, -0, Number.MAX_SAFE_INTEGER, -1));
const whole = fc.nat({ max: 2 ** 50 });
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const lateEvent = fc.record({
  kind: fc.constant('booked' as const),
  field: fc.constantFrom<BookField>('realized', 'fees', 'income', 'netFlow'),
  currency: fc.stringMatching(/^[A-Z]{3,5}$/),
  amount: double,
});
const effect = fc
  .record({
    accountId: id,
    sequence: whole,
    index: fc.oneof(fc.constant(0), fc.nat()),
    bookings: fc.array(double, { maxLength: 300 }),
    rate: double,
    equityBefore: double,
    navBefore: double,
    units: double,
    nav: double,
    epoch: fc.oneof(fc.constant(1), whole),
    late: fc.option(lateEvent),
  })
  .map(({ late, ...fields }) => sampleEffect(late === null ? fields : { ...fields, event: late }));

describe('messages of the effect log', () => {
  it('give back what was written, to the bit', () => {
    fc.assert(
      fc.property(
        fc.array(effect, { maxLength: 40 }),
        double,
        double,
        whole,
        (effects, tick, time, previous) => {
          const body = written(effects, tick, time, previous);
          // Deep strict equality tells -0 from 0 and takes NaN for NaN.
          assert.deepEqual(
            read(body),
            effects.map((each) => recorded(each, tick, time)),
          );
          assert.equal(previousPosition(body), previous);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('say which ledger sequences their events have, whatever was booked late', () => {
    const message = new EffectMessage();
    const late = { kind: 'booked', field: 'fees', amount: 1, currency: 'EUR' } as const;
    message.add(sampleEffect({ sequence: 3, event: late }));
    assert.deepEqual([message.first, message.last], [NaN, NaN]);
    for (const sequence of [7, 9]) message.add(sampleEffect({ sequence }));
    message.add(sampleEffect({ sequence: 2, event: late }));
    assert.deepEqual([message.first, message.last], [7, 9]);
    // Of an account that was rebuilt while others went on.
    message.add(sampleEffect({ sequence: 5 }));
    assert.deepEqual([message.first, message.last], [5, 9]);
    assert.deepEqual(
      read(message.bytesAfter(0)).map(({ sequence }) => sequence),
      [3, 7, 9, 2, 5],
    );
  });

  it('hold an effect in fewer than 80 bytes', () => {
    const message = new EffectMessage();
    const head = message.length;
    for (let sequence = 1_000_000; sequence < 1_001_000; sequence++) message.add(sampleEffect({ sequence }));
    assert.equal(message.recordBytes, message.length - head);
    assert.ok(message.recordBytes < 80_000, `${message.recordBytes} bytes`);
  });

  it('are refused where they are cut off or of another version', () => {
    const body = written([sampleEffect(), sampleEffect({ sequence: 13 })], 1, 2, 0);
    for (let length = 0; length < body.length; length++) {
      const cut = body.slice(0, length);
      try {
        assert.ok(read(cut).length < 2);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }
    assert.throws(() => read(body.slice(0, 20)), /cut off/);
    assert.throws(() => read(body.slice(0, body.length - 1)));
    assert.throws(() => read(Uint8Array.of(2, ...body.slice(1))), /version 2, this version knows 1: run/);
  });
});
