import assert from 'node:assert/strict';
import { benchmarksDocument, rowsTable } from '../../scripts/bench/document.ts';
import { alternate, median } from '../../scripts/bench/rounds.ts';
import { sizesFrom } from '../../scripts/bench/sizes.ts';

describe('alternating rounds', () => {
  it('run each contender in its turn, leave the first round out, and take the median', async () => {
    const order: string[] = [];
    let round = 0;
    const medians = await alternate(3, {
      a: () => {
        order.push('a');
        return [1_000, 5, 1, 3][round] ?? NaN;
      },
      b: () => {
        order.push('b');
        return [1_000, 20, 40, 30][round++] ?? NaN;
      },
    });
    assert.deepEqual(order, ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']);
    assert.deepEqual(medians, { a: 3, b: 30 });
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });
});

describe('the table of benchmarks', () => {
  const rows = [
    {
      part: 'sink',
      measure: 'frames',
      value: 123_456,
      unit: 'rows/s',
      ceiling: 150_000,
      ratio: 0.82,
      target: '>= 0.70',
    },
    { part: 'peers', measure: 'PostgreSQL', value: NaN, unit: 'skipped: not installed' },
  ];

  it('shows each figure beside its ceiling, ratio and target', () => {
    assert.match(rowsTable(rows), /sink +frames +123,500 rows\/s +150,000 +0\.82 +>= 0\.70/);
  });

  it('says so where a part was skipped, also after it went through JSON', () => {
    const again = JSON.parse(JSON.stringify(rows)) as typeof rows;
    for (const each of [rows, again]) {
      assert.match(
        benchmarksDocument('a machine', each),
        /\| peers \| PostgreSQL \| skipped: not installed \|/,
      );
    }
  });
});

describe('the sizes of a part', () => {
  const defaults = { accounts: 100_000, rounds: 3 };

  it('are those of the options, and otherwise its own', () => {
    assert.deepEqual(sizesFrom(['--accounts=5000'], defaults), { accounts: 5_000, rounds: 3 });
    assert.deepEqual(sizesFrom([], defaults), defaults);
  });

  it('are refused where the part has no such, or they are no count', () => {
    for (const option of ['--events=5', '--accounts', '--accounts=0', '--accounts=1e3', '--accounts=-1']) {
      assert.throws(() => sizesFrom([option], defaults), /is none of --accounts=<count>, --rounds=<count>/);
    }
  });
});
