/** The suite's own fixture of fill cases says what ../shared/data/fill-cases.json says. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fillCases } from '../support/fill-cases.ts';

const file = new URL('../../../shared/data/fill-cases.json', import.meta.url);

describe('the fill cases of the fixture', () => {
  it('are all that have one convention for all sources, figure by figure', () => {
    assert.ok(existsSync(file), 'this check needs ../shared/data/fill-cases.json beside the checkout');
    const shared = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>[];
    const usable = shared.filter((c) => c['uniform'] !== undefined);
    assert.ok(usable.length > 0);
    const known = fillCases.map((c) => c.id);
    assert.deepEqual(
      usable.map((c) => c['id']),
      known,
    );
    fillCases.forEach((own, i) => {
      for (const [name, figure] of Object.entries(own))
        assert.deepEqual(figure, usable[i]?.[name], `${own.id} ${name}`);
    });
  });
});
