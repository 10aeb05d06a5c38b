/** Performance that a deposit cannot flatter: units, nav, drawdown, ruin and new beginnings. Money in cents. */
import { BookStory } from '../support/book-story.ts';

const margined = { M: { style: 'margined' } };

describe('nav', () => {
  it('is null before the first flow, 1 with it, and moved by performance only', () => {
    const story = new BookStory();
    story.account('open');
    story.tick();
    story.expect({ nav: null, peak_nav: null, units: null, day_change_percent: null });
    story.cash('deposit', 100000);
    story.expect({ nav: 1, units: 100000 });
    story.cash('interest', 10000);
    story.tick();
    story.expect({ nav: 1.1 });
    story.cash('deposit', 330000);
    story.tick();
    // 3,300 buys 3,000 units at 1.1
    story.expect({ nav: 1.1, units: 400000, total_equity: 440000 });
    story.cash('withdrawal', 220000);
    story.tick();
    story.expect({ nav: 1.1, units: 200000 });
  });

  it('begins as soon as equity is positive, when the first flow does not make it so', () => {
    const story = new BookStory();
    story.cash('withdrawal', 5000);
    story.tick();
    story.expect({ nav: null });
    story.cash('interest', 15000);
    story.tick();
    story.expect({ nav: 1, units: 10000 });
  });

  it('is cut at the instant of the flow, also between two ticks', () => {
    const story = new BookStory({}, margined);
    story.cash('deposit', 100000);
    story.buy('M', 10, 100);
    story.tick();
    story.mark('M', 120);
    story.sell('M', 10, 120); // 1,200
    story.cash('fee', 20000); // 1,000
    story.cash('deposit', 100000);
    story.tick();
    story.expect({ nav: 1, units: 200000, peak_nav: 1.2, drawdown: 1 / 1.2 - 1 });
  });
});

describe('drawdown', () => {
  it('is measured from the peak of nav at ticks, to the worst since', () => {
    const story = new BookStory({}, margined);
    story.cash('deposit', 100000);
    story.buy('M', 10, 100);
    for (const price of [110, 88, 99, 105]) story.mark('M', price);
    // 1,100; 880; 990; 1,050
    story.expect({
      nav: 1.05,
      peak_nav: 1.1,
      drawdown: 1.05 / 1.1 - 1,
      max_drawdown: 0.88 / 1.1 - 1,
      max_drawdown_life: -0.2,
    });
    story.mark('M', 111);
    story.expect({ drawdown: 0, max_drawdown: 0.88 / 1.1 - 1 });
  });

  it('does not see what happens between two ticks', () => {
    const story = new BookStory({}, margined);
    story.cash('deposit', 100000);
    story.buy('M', 10, 100);
    story.tick();
    story.price('M', 50);
    story.mark('M', 100);
    story.expect({ max_drawdown: 0 });
  });

  it('in money is measured from the peak of equity less net flow', () => {
    const story = new BookStory({}, margined);
    story.cash('deposit', 100000);
    story.buy('M', 10, 100);
    story.mark('M', 130); // +300
    story.cash('deposit', 500000);
    story.mark('M', 110); // +100
    story.expect({ drawdown_money: -20000 });
  });
});

describe('an emptied account', () => {
  it('keeps its nav, and the next deposit buys at it: no drawdown of 100 %', () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.tick();
    story.cash('withdrawal', 99999);
    story.tick();
    story.cash('fee', 1);
    story.tick();
    story.expect({ drawdown: 0, max_drawdown_life: 0, nav: 1, wiped_out: false, total_equity: 0 });
    story.cash('deposit', 50000);
    story.tick();
    story.expect({ nav: 1, units: 50000, epoch: 1 });
  });

  it('is one that a withdrawal leaves less than the dust, while it holds nothing', () => {
    const story = new BookStory({ dust: 5000n });
    story.cash('deposit', 100000);
    story.buy('X', 1, 10);
    story.cash('withdrawal', 97000);
    story.tick();
    story.expect({ units: 3000 });
    story.sell('X', 1, 10);
    story.cash('withdrawal', 1);
    story.expect({ units: 0, nav: 1 });
  });
});

describe('a wiped-out account', () => {
  it('is one whose equity performance has used up: nav 0, whatever prices do, until a deposit begins a new epoch', () => {
    const story = new BookStory({}, margined);
    story.cash('deposit', 100000);
    story.buy('M', 10, 200);
    story.tick();
    story.mark('M', 90); // -1,100
    story.expect({
      nav: 0,
      drawdown: -1,
      max_drawdown: -1,
      wiped_out: true,
      total_equity: -10000,
      day_change_percent: null,
    });
    story.mark('M', 150);
    story.expect({ nav: 0, total_equity: 50000, wiped_out: true });
    story.cash('deposit', 100000);
    story.tick();
    story.expect({
      nav: 1,
      epoch: 2,
      max_drawdown: 0,
      max_drawdown_life: -1,
      wiped_out: false,
      units: 150000,
    });
    story.mark('M', 165);
    // 1,650 / 1,500
    story.expect({ nav: 1.1, day_change_percent: 10 });
  });

  it('is seen just before a flow too', () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.tick();
    story.cash('fee', 150000);
    story.cash('deposit', 100000);
    story.tick();
    story.expect({ total_equity: 50000, epoch: 2, nav: 1, max_drawdown_life: -1, max_drawdown: 0 });
  });

  it('stays wiped out by a deposit that does not make equity positive', () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.cash('fee', 150000);
    story.tick();
    story.cash('deposit', 20000);
    story.tick();
    story.expect({ wiped_out: true, nav: 0, epoch: 1, total_equity: -30000 });
  });
});
