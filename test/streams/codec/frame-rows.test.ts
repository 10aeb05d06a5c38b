import assert from 'node:assert/strict';
import fc from 'fast-check';
import { frameColumns } from '../../../src/domain/frame.ts';
import type { RecordedCurve } from '../../../src/domain/recorded.ts';
import { ByteWriter } from '../../../streams/codec/byte-writer.ts';
import { writeCurveRow } from '../../../streams/codec/curve-row.ts';
import { LastRows } from '../../../streams/codec/frame-rows.ts';
import { sampleCurve } from '../support/sample-rows.ts';

function lastCurves(columns: readonly string[], body: Uint8Array): Map<string, RecordedCurve> {
  const rows = new LastRows();
  rows.add(columns, body);
  return new Map(rows);
}

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
        const found = lastCurves(columns, w.bytes.subarray(0, w.length));
        assert.deepEqual([...found.keys()].toSorted(), [...new Set(rows.map((r) => r.accountId))].toSorted());
        for (const [account, { tick, nav }] of found) {
          const ofAccount = rows.filter((each) => each.accountId === account);
          const newest = Math.max(...ofAccount.map((each) => each.tick));
          const last = ofAccount.findLast((each) => each.tick === newest)!;
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

  it('are those of the latest tick over many bodies, in whatever order these come', () => {
    const rows = new LastRows();
    const body = (tick: number, units: number): void => {
      const w = new ByteWriter(1_024);
      writeCurveRow(w, sampleCurve({ accountId: 'a', tick, units }));
      writeCurveRow(w, sampleCurve({ accountId: `only-${tick}`, tick }));
      rows.add(columns, w.bytes.subarray(0, w.length));
      w.bytes.fill(0);
    };
    body(1_795_276_063_275, 1);
    body(1_795_276_063_300, 123_456.789_012_345_6);
    body(1_795_276_063_290, 3);
    const found = new Map(rows);
    assert.deepEqual([found.size, found.get('a')?.tick], [4, 1_795_276_063_300]);
    assert.equal(found.get('a')?.units, 123_456.789_012_345_6);
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
