import assert from 'node:assert/strict';
import fc from 'fast-check';
import { limits } from '../../../config/limits.ts';
import type { Effect } from '../../../src/domain/effect.ts';
import { EffectFrames } from '../../../streams/sinks/effect-frames.ts';
import { rowsOf, type Row } from '../support/frame-body.ts';
import { sampleEffect, sampleTime } from '../support/sample-rows.ts';

describe('frames of effects', () => {
  interface Sent {
    readonly covers: string;
    readonly rows: Row[];
  }

  function collect(): { frames: EffectFrames; sent: Sent[] } {
    const sent: Sent[] = [];
    const frames = new EffectFrames((covers, rows, body) => {
      assert.ok(body.length <= limits.frameBytesMax);
      const read = rowsOf('effects', body);
      assert.equal(read.length, rows);
      sent.push({ covers, rows: read });
    });
    return { frames, sent };
  }

  it('do not tear a message apart', () => {
    const { frames, sent } = collect();
    for (let sequence = 1; sequence <= 5_000; sequence++) {
      for (let index = 0; index < 2; index++) frames.effect(sampleEffect({ sequence, index, time: NaN }), 0);
    }
    frames.seal(9, sampleTime, 5_000);
    frames.release();
    frames.close();
    assert.ok(sent.length > 1);
    let expected = 1;
    for (const { covers, rows } of sent) {
      const [first, last] = covers.split('-').map(Number);
      assert.equal(first, expected);
      assert.equal(rows[0]!['sequence'], first);
      assert.equal(rows.at(-1)!['sequence'], last);
      assert.equal(rows.length, (last! - first + 1) * 2);
      expected = last! + 1;
    }
    assert.equal(expected, 5_001);
  });

  it('cover a message that fills several of them only with the last', () => {
    const { frames, sent } = collect();
    frames.effect(sampleEffect({ sequence: 1, time: NaN }), 0);
    for (let index = 0; index < 9_000; index++)
      frames.effect(sampleEffect({ sequence: 2, index, time: NaN }), 0);
    frames.effect(sampleEffect({ sequence: 3 }), 0);
    frames.seal(9, sampleTime, 3);
    frames.release();
    frames.close();
    const covers = sent.map((each) => each.covers);
    assert.equal(covers[0], '1-1');
    assert.equal(covers.at(-1), '2-3');
    assert.ok(covers.slice(1, -1).every((each) => /^2:\d+$/.test(each)));
    assert.equal(covers[1], '2:0');
    assert.equal(new Set(covers).size, covers.length);
    assert.equal(
      sent.reduce((sum, { rows }) => sum + rows.length, 0),
      9_002,
    );
  });

  it('name late bookings alone by their tick', () => {
    const { frames, sent } = collect();
    const late = (): Effect =>
      sampleEffect({
        sequence: 5,
        event: { kind: 'booked', field: 'netFlow', amount: 1, currency: 'EUR' },
        currency: 'EUR',
      });
    frames.effect(sampleEffect({ sequence: 5 }), 0);
    frames.seal(9, sampleTime, 5);
    frames.release();
    frames.close();
    frames.effect(late(), 0);
    frames.seal(10, sampleTime, 5);
    frames.release();
    frames.close();
    frames.effect(late(), 0);
    frames.seal(10, sampleTime, 5);
    frames.release();
    frames.close();
    assert.deepEqual(
      sent.map(({ covers }) => covers),
      ['5-5', '10:late1', '10:late2'],
    );
    assert.equal(sent[1]!.rows[0]!['amount'], 1);
    assert.equal(sent[1]!.rows[0]!['currency'], 'EUR');
  });

  it('leave only once they are released, and count what has left', () => {
    const { frames, sent } = collect();
    frames.effect(sampleEffect({ sequence: 1 }), 0);
    frames.seal(9, sampleTime, 1);
    frames.close();
    assert.deepEqual([sent.length, frames.written, frames.sent], [0, 1, 0]);
    frames.release();
    frames.effect(sampleEffect({ sequence: 2 }), 0);
    frames.seal(10, sampleTime, 4);
    frames.close();
    assert.deepEqual([sent.length, frames.written, frames.sent], [1, 2, 1]);
    frames.release();
    frames.close();
    assert.deepEqual(
      sent.map(({ covers, rows }) => [covers, rows.length, rows[0]!['tick']]),
      [
        ['1-1', 1, 9],
        ['2-4', 1, 10],
      ],
    );
  });

  it('keep the tick that they were recorded with', () => {
    const { frames, sent } = collect();
    frames.effect(sampleEffect({ sequence: 1, recordedTick: 5 }), 0);
    frames.effect(sampleEffect({ sequence: 2 }), 0);
    frames.seal(9, sampleTime, 2);
    frames.release();
    frames.close();
    assert.deepEqual(
      sent[0]!.rows.map((row) => row['tick']),
      [5, 9],
    );
  });

  it('have every row once, in order, whatever is sealed and closed when', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ rows: fc.integer({ min: 1, max: 400 }) }) },
      { weight: 2, arbitrary: fc.constant('seal' as const) },
      { weight: 1, arbitrary: fc.constant('close' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { frames, sent } = collect();
        let sequence = 0;
        let tick = 0;
        const expected: string[] = [];
        for (const each of [...steps, 'seal' as const, 'close' as const]) {
          if (each === 'seal') {
            frames.seal(++tick, sampleTime + tick, sequence);
            frames.release();
          } else if (each === 'close') frames.close();
          else {
            sequence++;
            for (let index = 0; index < each.rows; index++) {
              frames.effect(sampleEffect({ sequence, index, time: NaN }), 0);
              expected.push(`${sequence} ${index} ${tick + 1}`);
            }
          }
        }
        const got = sent.flatMap(({ rows }) => rows);
        assert.deepEqual(
          got.map((row) => `${String(row['sequence'])} ${String(row['idx'])} ${String(row['tick'])}`),
          expected,
        );
        assert.ok(got.every((row) => row['ts'] === sampleTime + Number(row['tick'])));
        assert.equal(new Set(sent.map(({ covers }) => covers)).size, sent.length);
      }),
      { numRuns: 30 },
    );
  });
});
