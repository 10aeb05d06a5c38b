import assert from 'node:assert/strict';
import type { Alert } from '../../../src/ports.ts';
import { AlertPairs } from '../../../streams/operators/alert-pairs.ts';

const alert = (id: string, state: Alert['state'], account = '7'): Alert => {
  return {
    kind: 'overdraft',
    account,
    id,
    state,
    severity: 'warning',
    message: '',
    details: {},
    timestamp: 1,
  };
};

describe('the two messages of an alert', () => {
  it('make a pair, whichever comes first', () => {
    const pairs = new AlertPairs();
    assert.equal(pairs.take(alert('a', 'raised')), null);
    assert.equal(pairs.take(alert('b', 'cleared')), null);
    assert.equal(pairs.take(alert('b', 'cleared', '8')), null);
    const [raised, cleared] = [alert('a', 'raised'), alert('a', 'cleared')];
    assert.deepEqual(pairs.take(cleared), { raised, cleared });
    const [late, early] = [alert('b', 'raised'), alert('b', 'cleared')];
    assert.deepEqual(pairs.take(late), { raised: late, cleared: early });
    assert.deepEqual(pairs.standing, []);
  });

  it('leave what was raised and not cleared, oldest first; what was only cleared is nothing', () => {
    const pairs = new AlertPairs();
    for (const each of [
      alert('a', 'raised'),
      alert('b', 'raised'),
      alert('c', 'cleared'),
      alert('d', 'raised'),
    ]) {
      pairs.take(each);
    }
    pairs.take(alert('b', 'cleared'));
    assert.deepEqual(
      pairs.standing.map(({ id }) => id),
      ['a', 'd'],
    );
  });
});
