/**
 * Positions by the worked cases of the accounting rules, the arithmetic beside each. Money in cents: 100.00 is 10000.
 */
import assert from 'node:assert/strict';
import { BookStory } from '../support/book-story.ts';

describe('the worked table', () => {
  // USD, multiplier 1, no fees, starting cash 1,000,000.00.
  const rows = [
    // 100 x 50.00 = 5,000.00
    {
      fill: ['buy', '100', '50.00'],
      quantity: '100',
      cost: 500000,
      realized: 0,
      cash: 99500000,
      now: '60.00',
      unrealized: 100000,
    },
    // released 5,000.00 x 50/100 = 2,500.00; 3,000.00 - 2,500.00 = 500.00
    {
      fill: ['sell', '50', '60.00'],
      quantity: '50',
      cost: 250000,
      realized: 50000,
      cash: 99800000,
      now: '40.00',
      unrealized: -50000,
    },
    // closing 50 x 40.00 = 2,000.00 - 2,500.00 = -500.00; opening -30 x 40.00 = -1,200.00; at 60.00 -1,800.00 + 1,200.00
    {
      fill: ['sell', '80', '40.00'],
      quantity: '-30',
      cost: -120000,
      realized: 0,
      cash: 100120000,
      now: '60.00',
      unrealized: -60000,
    },
    // 1,200.00 - 30 x 35.00 = 150.00
    {
      fill: ['buy', '30', '35.00'],
      quantity: '0',
      cost: 0,
      realized: 15000,
      cash: 100015000,
      now: '60.00',
      unrealized: 0,
    },
    // 3 x 33.3333 = 99.9999: 100.00
    {
      fill: ['buy', '3', '33.3333'],
      quantity: '3',
      cost: 10000,
      realized: 15000,
      cash: 100005000,
      now: '33.3333',
      unrealized: 0,
    },
    // 33.33 for what cost 100.00 / 3 = 33.33; left 66.67, worth 66.6666: 66.67
    {
      fill: ['sell', '1', '33.3333'],
      quantity: '2',
      cost: 6667,
      realized: 15000,
      cash: 100008333,
      now: '33.3333',
      unrealized: 0,
    },
    // 33.33 for what cost 66.67 / 2 = 33.335: 33.34, the even one; the cent is realized
    {
      fill: ['sell', '1', '33.3333'],
      quantity: '1',
      cost: 3333,
      realized: 14999,
      cash: 100011666,
      now: '33.3333',
      unrealized: 0,
    },
    {
      fill: ['sell', '1', '33.3333'],
      quantity: '0',
      cost: 0,
      realized: 14999,
      cash: 100014999,
      now: '33.3333',
      unrealized: 0,
    },
  ] as const;

  it('holds row by row', () => {
    const story = new BookStory();
    story.cash('deposit', 100000000);
    for (const { fill, quantity, cost, realized, cash, now, unrealized } of rows) {
      const [side, amount, price] = fill;
      story[side]('X', amount, price);
      story.mark('X', now);
      const total = cash + cost + unrealized;
      story.expectPosition('X', {
        quantity,
        cost_basis: cost,
        realized_pnl: realized,
        unrealized_pnl: unrealized,
      });
      story.expect({
        cash: { USD: cash },
        realized_pnl: realized,
        unrealized_pnl: unrealized,
        total_equity: total,
        fx_pnl: 0,
      });
    }
    story.expect({ net_flow: 100000000, total_equity: 100014999 });
  });

  it('shows the average cost that follows from the cost', () => {
    const story = new BookStory();
    story.buy('X', 3, '33.3333');
    story.expectPosition('X', { average_cost: '33.3333333333' });
    story.sell('X', 1, '33.3333');
    story.expectPosition('X', { average_cost: '33.335' });
    story.sell('X', 5, '33.3333');
    // -3 x 33.3333 = -99.9999, less what closed -2 x 33.3333 = -66.67 of -166.67 in all: -100.00
    story.expectPosition('X', { quantity: '-3', cost_basis: -10000, average_cost: '33.3333333333' });
  });
});

describe('a margined position', () => {
  const es = { ES: { multiplier: 50, style: 'margined', price_scale: 2 } };
  const cl = { CL: { multiplier: 1000, style: 'margined', price_scale: 2 } };

  it('moves no cash but fees and what is realized (ES x50)', () => {
    const story = new BookStory({}, es);
    story.cash('deposit', 10000000);
    story.buy('ES', 2, 5000, { fee: 500 });
    story.expect({ cash: { USD: 9999500 }, total_equity: 9999500 });
    // closing 2 x 20 x 50 = 2,000.00; opening -1 x 5020 x 50 = -251,000.00
    story.sell('ES', 3, 5020, { fee: -75 });
    story.mark('ES', 5030);
    // 100,000.00 - 5.00 + 0.75 + 2,000.00 = 101,995.75; -1 x 10 x 50 = -500.00
    story.expectPosition('ES', {
      quantity: '-1',
      cost_basis: -25100000,
      realized_pnl: 200000,
      unrealized_pnl: -50000,
      fees: 425,
    });
    story.expect({
      cash: { USD: 10199575 },
      realized_pnl: 200000,
      fees: 425,
      realized_net: 199575,
      position_value: -50000,
      total_equity: 10149575,
    });
  });

  it('may have a cost of the other sign than its quantity (CL x1000, below zero)', () => {
    const story = new BookStory({}, cl);
    story.cash('deposit', 10000000);
    story.buy('CL', 1, '10.01');
    // closing (-37.63 - 10.01) x 1000 = -47,640.00; opening -1 x -37.63 x 1000 = +37,630.00
    story.sell('CL', 2, '-37.63');
    story.mark('CL', 0);
    story.expectPosition('CL', {
      quantity: '-1',
      cost_basis: 3763000,
      realized_pnl: -4764000,
      average_cost: '-37.63',
      unrealized_pnl: -3763000,
    });
    story.expect({ total_equity: 1473000 });
  });

  it('refuses a fee in kind and a transfer', () => {
    const story = new BookStory({}, es);
    const fill = { symbol: 'ES', side: 'buy', quantity: 1, price: 5000 };
    assert.deepEqual(story.tell('settlements.a', { ...fill, fee_quantity: '0.5' }), {
      rejected: 'style_forbids',
    });
    assert.deepEqual(story.tell('settlements.a', { ...fill, type: 'transfer', side: 'in' }), {
      rejected: 'style_forbids',
    });
    // A fee in kind of nothing is none.
    story.buy('ES', 1, 5000, { fee_quantity: '0' });
  });
});

describe('a fee in kind', () => {
  const coin = { COIN: { quantity_scale: 8 } };

  it('is a disposal at the price of the fill: 0.001 at 60,000 is 60', () => {
    const story = new BookStory({}, coin);
    story.cash('deposit', 10000000);
    story.buy('COIN', 2, 10000);
    story.sell('COIN', 1, 60000, { fee_quantity: '0.001' });
    // 60,000 - 10,000 = 50,000; 60 - 10 = 50
    story.expectPosition('COIN', {
      quantity: '0.999',
      realized_pnl: 5005000,
      fees: 6000,
      cost_basis: 999000,
    });
    story.mark('COIN', 60000);
    // cash 100,000 - 20,000 + 60,000 = 140,000; 0.999 x 60,000 = 59,940
    story.expect({ cash: { USD: 14000000 }, fees: 6000, total_equity: 19994000 });
  });

  it('comes out of what is bought: 0.00350 + 0.00350 + 0.00300 less 0.00001 each is 0.00997', () => {
    const story = new BookStory({}, coin);
    for (const quantity of ['0.00350', '0.00350', '0.00300'])
      story.buy('COIN', quantity, 50000, { fee_quantity: '0.00001' });
    // 3 x 0.00001 x 50,000 = 1.50
    story.expectPosition('COIN', { quantity: '0.00997', fees: 150, realized_pnl: 0, cost_basis: 49850 });
  });

  it('may go through zero, and may be a rebate', () => {
    const story = new BookStory({}, coin);
    story.cash('deposit', 10000000);
    story.buy('COIN', 1, 10000, { fee_quantity: '0.001' });
    story.sell('COIN', '0.999', 60000, { fee_quantity: '0.000999' });
    // fees 10.00 + 59.94
    story.expectPosition('COIN', { quantity: '-0.000999', fees: 6994 });
    story.buy('COIN', 1, 10000, { fee_quantity: '-0.001' });
    story.expectPosition('COIN', { quantity: '1.000001', fees: 5994 });
  });
});

describe('fees', () => {
  it('stand apart from realized P&L; a rebate is a negative one', () => {
    const story = new BookStory();
    story.buy('X', 1, 100, { fee: 120 });
    story.sell('X', 1, 110, { fee: -20 });
    story.expect({ realized_pnl: 1000, fees: 100, realized_net: 900, total_equity: 900 });
    story.expectPosition('X', { realized_pnl: 1000, fees: 100 });
  });

  it('in another currency are paid from its cash, and in the figures in base', () => {
    const story = new BookStory();
    story.mark('EURUSD', '1.1');
    story.buy('X', 1, 100, { fee: 100, fee_currency: 'EUR' });
    story.expect({ cash: { USD: -10000, EUR: -100 }, fees: 110 });
    story.expectPosition('X', { fees: 0, fees_base: 110 });
  });
});

describe('realized P&L', () => {
  it('is cumulative over flat cycles: 7.20 - 11.70 + 10.40 = 5.90', () => {
    const story = new BookStory();
    for (const [bought, sold, total] of [
      ['10.00', '17.20', 720],
      ['20.00', '8.30', -450],
      ['5.00', '15.40', 590],
    ] as const) {
      story.buy('X', 1, bought);
      story.sell('X', 1, sold);
      story.expectPosition('X', { quantity: '0', cost_basis: 0, realized_pnl: total });
    }
  });

  it('of a zero price is what was paid', () => {
    const story = new BookStory();
    story.buy('X', 10, 5);
    story.sell('X', 10, 0);
    story.expectPosition('X', { realized_pnl: -5000 });
  });
});

describe('quantities and prices', () => {
  it("are JSON numbers or text, at any scale up to the instrument's", () => {
    const story = new BookStory(
      {},
      { FX: { price_scale: 5, quantity_scale: 0 }, BIT: { quantity_scale: 8, price_scale: 2 } },
    );
    story.buy('FX', 1000, 1.23456);
    story.buy('BIT', '0.00000001', '99999999.99');
    // 10^-8 x 99,999,999.99 = 0.9999999999: 1.00
    story.expectPosition('BIT', { quantity: '0.00000001', cost_basis: 100 });
    story.expectPosition('FX', { quantity: '1000', cost_basis: 123456, average_cost: '1.23456' });
  });

  it('make money of currencies without cents, and with mills', () => {
    const story = new BookStory(
      {},
      { TOKYO: { currency: 'JPY', price_scale: 2 }, KUWAIT: { currency: 'KWD' } },
    );
    story.buy('TOKYO', 3, '1000.50'); // 3,001.5 yen: 3,002, the even one
    story.buy('KUWAIT', '1.5', '0.333'); // 0.4995 dinar: 0.500, the even one
    story.expectPosition('TOKYO', { cost_basis: 3002 });
    story.expectPosition('KUWAIT', { cost_basis: 500 });
  });
});
