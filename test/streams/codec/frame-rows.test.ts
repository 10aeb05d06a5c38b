import assert from 'node:assert/strict';
import fc from 'fast-check';
import { frameColumns } from '../../../src/domain/frame.ts';
import { ByteWriter } from '../../../streams/codec/byte-writer.ts';
import { writeCurveRow } from '../../../streams/codec/curve-row.ts';
import { lastCurves } from '../../../streams/codec/frame-rows.ts';
import { sampleCurve } from '../support/sample-rows.ts';

describe('rows of the curve, read back', () => {
  const columns: readonly string[] = frameColumns.equity_curve;

  it('are the last one of each account, every figure as it was written', () => {
    const row = fc.record({
      accountId: fc.constantFrom('7', 'a-b_c', '77'),
      tick: fc.nat(),
      nav: fc.double(),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const w = new ByteWriter(1_024);
        for (const each of rows) writeCurveRow(w, sampleCurve(each));
        const found = new Map(lastCurves(columns, w.bytes.subarray(0, w.length)));
        assert.deepEqual([...found.keys()].toSorted(), [...new Set(rows.map((r) => r.accountId))].toSorted());
        for (const [account, { tick, nav }] of found) {
          const last = rows.findLast((each) => each.accountId === account)!;
          assert.deepEqual([tick, nav], [last.tick, Number.isFinite(last.nav) ? last.nav + 0 : NaN]);
        }
      }),
    );
    const w = new ByteWriter(1_024);
    const { accountId, timestamp, ...written } = sampleCurve({ wipedOut: true, peakTime: NaN });
    writeCurveRow(w, sampleCurve({ wipedOut: true, peakTime: NaN }));
    const [only] = lastCurves(columns, w.bytes.subarray(0, w.length));
    assert.equal(only?.[0], accountId);
    const { time, ...curve } = only[1];
    assert.equal(time, timestamp);
    for (const [name, value] of Object.entries(curve))
      assert.deepEqual(value, written[name as keyof typeof written], name);
  });

  it('are found wherever the account stands in a row', () => {
    const body = new TextEncoder().encode('[1,"a",2]\n[2,"b",3]\n[3,"a",4]\n');
    const found = [...lastCurves(['tick', 'account_id', 'units'], body)];
    assert.deepEqual(
      found.map(([account, { tick, units, nav }]) => [account, tick, units, nav]),
      [
        ['a', 3, 4, NaN],
        ['b', 2, 3, NaN],
      ],
    );
    assert.deepEqual([...lastCurves(columns, new Uint8Array(0))], []);
  });
});
