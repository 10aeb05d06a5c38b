import assert from 'node:assert/strict';
import { TickMaker } from '../../../src/cli/import/tick-maker.ts';
import { SessionCalendar } from '../../../src/domain/session-day.ts';

const newYork = new SessionCalendar('America/New_York', 17 * 60);

function ticksOf(maker: TickMaker, times: readonly number[]): number[] {
  return [...times.map((ts) => maker.before(ts)), maker.last()].filter((tick) => !Number.isNaN(tick));
}

describe('ticks in the time of the data', () => {
  it('fall at the last millisecond of each period that has rows', () => {
    assert.deepEqual(ticksOf(new TickMaker(1000, newYork), [500, 999, 1000, 1500, 5000]), [999, 1999, 5999]);
  });

  it('of a day end the session day, so that its closes are marked in it', () => {
    const friday = Date.UTC(2026, 2, 6, 22) - 1;
    const monday = Date.UTC(2026, 2, 9, 21) - 1;
    const maker = new TickMaker(86_400_000, newYork);
    assert.deepEqual(ticksOf(maker, [friday - 5, friday, monday]), [friday, monday]);
    assert.equal(newYork.dateOf(friday), '2026-03-06');
  });

  it('are none where there are no rows', () => {
    assert.deepEqual(ticksOf(new TickMaker(1000, newYork), []), []);
  });
});
