import assert from 'node:assert/strict';
import { Turns } from '../../src/gateway/turns.ts';

describe('turns', () => {
  /** Actions that end when they are told to. */
  function heldActions(turns: Turns) {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const take = (name: string) =>
      turns.take(() => {
        begun.push(name);
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
      });
    return { begun, take, end: (name: string) => ends.get(name)?.() };
  }

  it('let so many go at once, and the others in the order of their arrival', async () => {
    const { begun, take, end } = heldActions(new Turns({ atOnce: 2, waitingMax: 2, waitMsMax: 10_000 }));
    const taken = ['a', 'b', 'c', 'd'].map(take);
    assert.deepEqual(begun, ['a', 'b']);
    assert.equal(await take('e'), null);
    end('b');
    assert.deepEqual(await taken[1], { value: 'b' });
    end('a');
    await taken[0];
    for (const [i, name] of ['c', 'd'].entries()) {
      end(name);
      assert.deepEqual(await taken[i + 2], { value: name });
    }
    assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
  });

  it('give up who waits for too long, and nobody else', async () => {
    const { begun, take, end } = heldActions(new Turns({ atOnce: 1, waitingMax: 2, waitMsMax: 1 }));
    const first = take('a');
    assert.equal(await take('b'), null);
    end('a');
    await first;
    const next = take('c');
    end('c');
    assert.deepEqual(await next, { value: 'c' });
    assert.deepEqual(begun, ['a', 'c']);
  });

  it('pass on after a failure', async () => {
    const turns = new Turns({ atOnce: 1, waitingMax: 1, waitMsMax: 10_000 });
    const failed = turns.take(() => Promise.reject(new Error('no')));
    const next = turns.take(() => Promise.resolve(1));
    await assert.rejects(failed, /no/);
    assert.deepEqual(await next, { value: 1 });
  });
});
