/** Room for states that is used again: what is kept stays until it is cleared, and what finds no room is kept too. */
import assert from 'node:assert/strict';
import { StateRoom } from '../../src/ledger/state-room.ts';

const state = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

describe('the room for states', () => {
  it('keeps each as it was when it came, whatever its writer does then', () => {
    const room = new StateRoom(8);
    const written = state(1, 2, 3);
    const first = room.keep(written);
    written.fill(9);
    const second = room.keep(written);
    assert.deepEqual([first, second], [state(1, 2, 3), state(9, 9, 9)]);
    assert.equal(first.buffer, second.buffer);
  });

  it('keeps what is too much for it in a buffer of its own', () => {
    const room = new StateRoom(4);
    const first = room.keep(state(1, 2, 3));
    const large = room.keep(state(4, 5));
    assert.deepEqual([first, large], [state(1, 2, 3), state(4, 5)]);
    assert.notEqual(first.buffer, large.buffer);
  });

  it('is used again once it is cleared', () => {
    const room = new StateRoom(4);
    const first = room.keep(state(1, 2, 3));
    room.clear();
    room.keep(state(7));
    assert.deepEqual(first, state(7, 2, 3));
  });
});
