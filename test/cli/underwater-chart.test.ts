import assert from 'node:assert/strict';
import { limits } from '../../config/limits.ts';
import { chartWidth } from '../../src/cli/line-chart.ts';
import { underwaterChart } from '../../src/cli/underwater-chart.ts';

describe('the underwater chart', () => {
  const from = Date.UTC(2026, 0, 1);
  const to = Date.UTC(2026, 0, 31);

  it('hangs from 0 % to the deepest point, with its ends below', () => {
    const lines = underwaterChart({ from, to, values: [0, -0.05, -0.2, -0.1, 0] }).split('\n');
    assert.equal(lines.length, limits.cliChartRows + 1);
    assert.match(lines[0]!, /^ {2}0\.00 % /);
    assert.match(lines.at(-2)!, /^-20\.00 % /);
    assert.match(lines.at(-1)!, /2026-01-01 00:00:00Z\s+2026-01-31 00:00:00Z$/);
  });

  it('draws an account that was never under water', () => {
    assert.match(underwaterChart({ from, to, values: [0, 0, 0] }), / 0\.00 % /);
  });

  it('draws a single point', () => {
    assert.match(underwaterChart({ from, to: from, values: [-0.5] }), /-50\.00 %/);
  });

  it('fits the terminal', () => {
    assert.deepEqual(
      [undefined, 20, 80, 1000].map((columns) => chartWidth(columns)),
      [86, 40, 66, 160],
    );
  });
});
