/** The day: what it opened at, what flowed since, its change. Times in UTC; New York's sessions end at 22:00 in January. */
import assert from 'node:assert/strict';
import { BookStory } from '../support/book-story.ts';

const margined = { M: { style: 'margined' } };
const at = (text: string): number => Date.parse(`2026-01-${text}Z`);

describe('the session day', () => {
  it('opens at what equity was when the last one ended: the roll comes before marking', () => {
    const story = new BookStory({}, margined);
    story.cash('deposit', 100000);
    story.buy('M', 10, 100);
    story.mark('M', 100, at('14T21:59:59.990'));
    story.mark('M', 110, at('14T22:00:00.010'));
    story.expect({
      day_open_equity: 100000,
      day_change: 10000,
      day_change_percent: 10,
      total_equity: 110000,
    });
  });

  it('of an account that is new opens at nothing, and its percentage at nav 1', () => {
    const story = new BookStory({}, margined);
    story.cash('deposit', 100000);
    story.buy('M', 10, 100);
    story.mark('M', 95, at('14T12:00'));
    story.expect({ day_open_equity: 0, day_net_flow: 100000, day_change: -5000, day_change_percent: -5 });
  });

  it('changes by performance, in percent too: a deposit of 99 times as much flatters nothing', () => {
    const story = new BookStory({}, margined);
    story.cash('deposit', 100000);
    story.tick(at('14T12:00'));
    story.tick(at('14T23:00'));
    story.cash('deposit', 9900000);
    story.cash('fee', 500000);
    story.tick(at('14T23:01'));
    // 100,000 - 5,000 = 95,000: -5 %, not -500 %
    story.expect({
      day_open_equity: 100000,
      day_net_flow: 9900000,
      day_change: -500000,
      day_change_percent: -5,
    });
  });

  it('with ticks from NATS takes what came since the last tick into the day that the next one opens', () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.tick(at('14T12:00'));
    story.cash('deposit', 50000);
    story.cash('interest', 3000);
    story.tick(at('14T22:00'));
    story.expect({ day_open_equity: 100000, day_net_flow: 50000, day_change: 3000, day_change_percent: 2 });
  });

  it('with a clock takes events by the time of the ledger, whenever the next tick is', () => {
    const story = new BookStory({ eventsHaveTime: true });
    story.cash('deposit', 100000, {}, at('14T12:00'));
    story.tick(at('14T12:00:01'));
    story.cash('interest', 1000, {}, at('14T21:59'));
    story.cash('interest', 2000, {}, at('14T22:01'));
    story.tick(at('14T22:02'));
    story.expect({ day_open_equity: 101000, day_change: 2000, day_net_flow: 0 });
  });

  it('rolls once when the clock steps back over its end', () => {
    const story = new BookStory({ eventsHaveTime: true });
    story.cash('deposit', 100000, {}, at('14T12:00'));
    story.tick(at('14T22:00:01'));
    story.cash('interest', 1000, {}, at('14T22:00:02'));
    story.tick(at('14T21:30'));
    story.tick(at('14T22:00:05'));
    story.expect({ day_open_equity: 100000, day_change: 1000 });
  });

  it("that is a new one emits only where the day's change is another now", () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.tick(at('14T12:00'));
    // 1,000 of flow and no change before, 1,000 open and no change now.
    assert.deepEqual(story.tick(at('14T22:00')), []);
    story.cash('interest', 1000);
    story.tick(at('15T12:00'));
    story.expect({ day_change: 1000, day_change_percent: 1 });
    assert.deepEqual(story.tick(at('15T22:00')), ['a']);
    story.expect({ day_change: 0, day_change_percent: 0 });
  });

  it('ends where and when the account says', () => {
    const story = new BookStory({}, margined);
    story.account('open', { timezone: 'Asia/Tokyo', cutover: '15:00' });
    story.cash('deposit', 100000);
    story.buy('M', 10, 100);
    story.mark('M', 100, at('14T05:59'));
    story.mark('M', 110, at('14T06:00'));
    story.expect({ day_open_equity: 100000, day_change: 10000 });
  });

  it('in which a new epoch begins opens it at nav 1', () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.cash('fee', 150000);
    story.tick(at('14T12:00'));
    story.expect({ wiped_out: true, day_change_percent: null });
    story.cash('deposit', 150000);
    story.tick(at('14T22:00'));
    story.expect({ epoch: 2, nav: 1, day_change_percent: 0 });
  });

  it('is raised at its open by a flow dated before it, and not by one dated within it', () => {
    const story = new BookStory({ eventsHaveTime: true });
    story.cash('deposit', 100000, {}, at('14T12:00'));
    story.tick(at('14T23:00'));
    story.cash('deposit', 5000, { effective_at: at('14T12:30') }, at('14T23:01'));
    story.expect({ day_open_equity: 105000, day_net_flow: 0, day_change: 0 });
    story.cash('deposit', 7000, { effective_at: at('14T22:30') }, at('14T23:02'));
    story.expect({ day_open_equity: 105000, day_net_flow: 7000, day_change: 0 });
  });
});
