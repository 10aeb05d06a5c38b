import assert from 'node:assert/strict';
import { limits } from '../../config/limits.ts';
import { AlertBench } from '../support/alert-bench.ts';

describe('a source’s own sequence', () => {
  let bench: AlertBench;
  let ledger = 0;
  beforeEach(() => {
    bench = new AlertBench({ eventsHaveTime: true });
    ledger = 0;
  });

  function settle(sequence: number | undefined, more: object = {}, account = '7'): unknown {
    ledger++;
    const event = {
      id: `e${ledger}`,
      symbol: 'XYZ',
      side: 'buy',
      quantity: '1',
      price: '10',
      sequence,
      ...more,
    };
    return bench.apply(`settlements.${account}`, event, ledger, ledger);
  }

  /** `expected -> got` of each alert. */
  const gaps = (): string[] =>
    bench.stream.kept
      .filter(({ kind }) => kind === 'sequence_gap')
      .map(({ details: { expected, got } }) => `${String(expected)} -> ${String(got)}`);

  it('that leaves numbers out is alerted, with what was expected and what came, and drops nothing', () => {
    for (const sequence of [5, 6, 9, 10])
      assert.deepEqual(settle(sequence, { source: 'oms' }), { applied: true });
    const { timestamp, ...alert } = bench.stream.kept.find(({ kind }) => kind === 'sequence_gap')!;
    assert.equal(timestamp, 3);
    assert.deepEqual(alert, {
      kind: 'sequence_gap',
      account: '7',
      id: '3-0',
      state: 'raised',
      severity: 'warning',
      message: 'oms left numbers out: 9 where 7 was expected',
      details: { source: 'oms', expected: 7, got: 9, settlement_id: 'e3', sequence: 3, index: 0 },
    });
    assert.deepEqual(gaps(), ['7 -> 9']);
  });

  for (const [what, sequences, expected] of [
    ['that counts on is nothing to tell', [1, 2, 3], []],
    ['that begins anywhere begins there', [77, 78], []],
    ['of which one comes late is alerted twice, and goes on', [1, 2, 4, 3, 5, 6], ['3 -> 4', '5 -> 3']],
    ['that begins anew is alerted once', [1000, 1001, 1, 2, 3, 4], ['1002 -> 1']],
    ['that repeats a number is alerted', [1, 2, 2, 3], ['3 -> 2']],
  ] as const) {
    it(what, () => {
      for (const sequence of sequences) settle(sequence);
      assert.deepEqual(gaps(), expected);
    });
  }

  it('is one for each account and source, and none where a settlement has no number', () => {
    settle(1, { source: 'a' });
    settle(10, { source: 'b' });
    settle(1, { source: 'a' }, '8');
    settle(undefined, { source: 'a' });
    settle(2, { source: 'a' });
    settle(11, { source: 'b' });
    settle(2, { source: 'a' }, '8');
    assert.deepEqual(gaps(), []);
  });

  it('is counted where a settlement is refused, too, and not where it is a duplicate', () => {
    settle(1);
    assert.deepEqual(settle(2, { quantity: '1.00001' }), { rejected: 'precision_exceeds_scale' });
    settle(3);
    assert.deepEqual(settle(3, { id: 'e3' }), { duplicate: true });
    settle(4);
    assert.deepEqual(gaps(), []);
  });

  it('has an info where it steps back, and an id for each element of an array', () => {
    const element = (id: string, sequence: number): object => {
      return { id, symbol: 'XYZ', side: 'buy', quantity: '1', price: '10', sequence };
    };
    const array = [element('a', 5), element('b', 4), element('c', 9)];
    bench.applyText('settlements.7', JSON.stringify(array), 12, 12);
    const found = bench.stream.kept.filter(({ kind }) => kind === 'sequence_gap');
    assert.deepEqual(
      found.map(({ id, severity }) => [id, severity]),
      [
        ['12-1', 'info'],
        ['12-2', 'warning'],
      ],
    );
    assert.equal(found[0]!.message, 'the source stepped back: 4 where 6 was expected');
  });

  it('is forgotten of the oldest of too many sources', () => {
    for (let i = 0; i <= limits.sequenceSourcesMax; i++) settle(1, { source: `s${i}` });
    settle(9, { source: 's0' });
    assert.deepEqual(gaps(), []);
    settle(9, { source: `s${limits.sequenceSourcesMax}` });
    assert.deepEqual(gaps(), ['2 -> 9']);
  });
});
