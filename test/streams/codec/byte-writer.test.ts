import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scaledText } from '../../../src/domain/decimal.ts';
import { ByteWriter } from '../../../streams/codec/byte-writer.ts';

function written(write: (w: ByteWriter) => void): string {
  const w = new ByteWriter(64);
  write(w);
  return new TextDecoder('utf-8', { fatal: true }).decode(w.bytes.subarray(0, w.length));
}

describe('the byte writer', () => {
  it('writes every safe integer as JavaScript does', () => {
    const edges = [0, -1, 9, 10, 99_999, 1e9 - 1, 1e9, 1e9 + 1, 1e15, 1e18 / 1e3, Number.MAX_SAFE_INTEGER];
    for (const n of edges)
      for (const x of [n, -n + 0])
        assert.equal(
          written((w) => w.integer(x)),
          String(x),
        );
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        assert.equal(
          written((w) => w.integer(n)),
          String(n),
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it('writes a double so that it is read back as the same one, and null for none', () => {
    const text = (x: number): string => written((w) => w.double(x));
    assert.equal(text(1.003977), '1.003977');
    assert.equal(text(-0.007146), '-0.007146');
    assert.equal(text(NaN), 'null');
    assert.equal(text(Infinity), 'null');
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => JSON.parse(text(x)) === x),
    );
  });

  it('writes decimals as JSON strings', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(12), (units, scale) => {
        assert.equal(
          written((w) => w.decimal(units, scale)),
          JSON.stringify(scaledText(units, scale)),
        );
      }),
    );
  });

  it('writes any string as JSON, and leaves room behind it', () => {
    const strings = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(strings, strings, (a, b) => {
        const text = written((w) => {
          w.string(a);
          w.byte(44);
          w.string(b);
        });
        assert.deepEqual(JSON.parse(`[${text}]`), [a, b]);
      }),
      { numRuns: 2_000 },
    );
    assert.equal(
      written((w) => w.string('\ud800"\\\n')),
      JSON.stringify('\ud800"\\\n'),
    );
  });
});
