/** What flows in and out, in several currencies, with and without a rate; the arithmetic beside each case, in cents. */
import assert from 'node:assert/strict';
import { BookStory } from '../support/book-story.ts';

describe('flows', () => {
  it('are net flow; fees, dividends and interest are not', () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.cash('withdrawal', 20000);
    story.cash('fee', 500);
    story.cash('fee', -100);
    story.cash('dividend', 700);
    story.cash('interest', -300);
    // 1,000 - 200 - 5 + 1 + 7 - 3
    story.expect({ cash: { USD: 80000 }, net_flow: 80000, fees: 400, income: 400, total_equity: 80000 });
  });

  it('that overdraw are applied: equity is not floored at zero', () => {
    const story = new BookStory();
    story.cash('withdrawal', 5000);
    story.expect({ cash: { USD: -5000 }, total_equity: -5000, borrowed: 5000, available_cash: 0 });
  });

  it('in a base currency of the account are in that, where they name none', () => {
    const story = new BookStory();
    story.account('open', { base_currency: 'JPY' });
    story.cash('deposit', 5000);
    story.expect({ currency: 'JPY', cash: { JPY: 5000 }, total_equity: 5000 });
    // The base currency of an account that has held something is fixed.
    story.account('configure', { base_currency: 'EUR' });
    story.expect({ currency: 'JPY' });
  });
});

describe('a transfer in kind', () => {
  it('is a flow of its value at the price given, and its cost basis; cash does not move', () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.tick();
    story.transfer('in', 'X', 10, 50);
    story.tick();
    story.expect({ cash: { USD: 100000 }, net_flow: 150000, total_equity: 150000, nav: 1 });
    story.transfer('out', 'X', 4, 60);
    // out at 60 realizes 4 x 10 = 40.00, and takes 240.00 out
    story.expectPosition('X', { quantity: '6', cost_basis: 30000, realized_pnl: 4000 });
    story.expect({ net_flow: 126000 });
  });

  it('is valued in nav at the mark, not at the price given', () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.mark('X', 60);
    story.transfer('in', 'X', 10, 50);
    story.tick();
    // 1,000 + 600 over 1,000 + 500 units
    story.expect({ nav: 1600 / 1500, unrealized_pnl: 10000 });
  });

  it('of a short is out of nothing', () => {
    const story = new BookStory();
    story.transfer('out', 'X', 100, 50);
    story.expectPosition('X', { quantity: '-100', cost_basis: -500000 });
    story.expect({ net_flow: -500000, total_equity: -500000, cash: { USD: 0 } });
  });
});

describe('a conversion', () => {
  it('is no flow: what it cost shows in fx_pnl', () => {
    const story = new BookStory();
    story.mark('EURUSD', '1.1');
    story.cash('deposit', 110000);
    story.cash('conversion', 110000, { currency: 'USD', to_currency: 'EUR', to_amount: 99000 });
    story.tick();
    // 990.00 EUR x 1.1 = 1,089.00
    story.expect({ cash: { USD: 0, EUR: 99000 }, net_flow: 110000, total_equity: 108900, fx_pnl: -1100 });
  });

  it('with a leg that has no rate is a withdrawal and a deposit: nav does not move', () => {
    const story = new BookStory();
    story.cash('deposit', 200000);
    story.tick();
    story.cash('conversion', 100000, { currency: 'USD', to_currency: 'EUR', to_amount: 90000 });
    story.tick();
    story.expect({ total_equity: 100000, net_flow: 100000, nav: 1, unpriced: ['EUR'] });
    story.mark('EURUSD', '1.1');
    story.expect({ total_equity: 199000, net_flow: 199000, nav: 1, unpriced: [] });
  });
});

describe('a currency without a rate', () => {
  it('is outside equity until the rate comes: flow, equity and units enter together', () => {
    const story = new BookStory();
    story.cash('deposit', 100000);
    story.tick();
    story.cash('deposit', 100000, { currency: 'EUR' });
    story.tick();
    story.expect({
      total_equity: 100000,
      net_flow: 100000,
      unpriced: ['EUR'],
      cash: { USD: 100000, EUR: 100000 },
    });
    story.mark('EURUSD', '1.1');
    // 1,000 + 1,000 x 1.10
    story.expect({ total_equity: 210000, net_flow: 210000, nav: 1, fx_pnl: 0, unpriced: [] });
    assert.equal(story.bench.lateCount, 1);
  });

  it('keeps realized P&L and fees waiting too, for the account and the position', () => {
    const story = new BookStory({}, { S: { currency: 'EUR' } });
    story.cash('deposit', 100000);
    story.buy('S', 10, 100, { fee: 100 });
    story.sell('S', 10, 125, { fee: 200 });
    story.buy('S', 1, 100);
    story.expect({ realized_pnl: 0, fees: 0 });
    story.expectPosition('S', { realized_pnl: 25000, fees: 300, realized_pnl_base: 0, fees_base: 0 });
    story.mark('EURUSD', '1.1');
    // 250.00 EUR x 1.1; 3.00 EUR x 1.1
    story.expect({ realized_pnl: 27500, fees: 330 });
    story.expectPosition('S', { realized_pnl_base: 27500, fees_base: 330 });
  });

  it('has the inverse of a pair, or one hop over the pivot', () => {
    const story = new BookStory();
    story.account('open', { base_currency: 'EUR' });
    story.cash('deposit', 12500, { currency: 'USD' });
    story.cash('deposit', 8000, { currency: 'JPY' });
    story.mark('EURUSD', '1.25');
    story.mark('USDJPY', '80');
    // 125.00 USD / 1.25 = 100.00; 8,000 JPY / 80 / 1.25 = 80.00
    story.expect({ total_equity: 18000, unpriced: [] });
  });

  it('that has lost its rate (a price that is not positive) leaves equity again', () => {
    for (const price of ['0', '-1.1']) {
      const story = new BookStory();
      story.cash('deposit', 10000, { currency: 'EUR' });
      story.mark('EURUSD', '1.1');
      story.expect({ total_equity: 11000 });
      story.mark('EURUSD', price);
      story.expect({ total_equity: 0, unpriced: ['EUR'], net_flow: 11000 });
    }
  });

  it('makes news when its rate comes, also where equity does not move', () => {
    const story = new BookStory();
    story.cash('deposit', 10000, { currency: 'EUR' });
    story.cash('fee', 10000, { currency: 'EUR' });
    story.tick();
    story.price('EURUSD', '1.1');
    assert.deepEqual(story.tick(), ['a']);
    story.expect({ total_equity: 0, net_flow: 11000, fees: 11000 });
  });
});

describe('a gain in another currency', () => {
  it('is booked at the rate of its moment; what the rate does later is fx_pnl', () => {
    const story = new BookStory({}, { SAP: { currency: 'EUR' } });
    story.mark('EURUSD', '1.1');
    story.cash('deposit', 1000000);
    story.buy('SAP', 10, 100, { fee: 100, fee_currency: 'USD' });
    story.sell('SAP', 5, 120);
    story.price('SAP', 120);
    story.mark('EURUSD', '1.2');
    // realized 5 x 20 x 1.1 = 110; unrealized 5 x 20 x 1.2 = 120; EUR cash -400 x 1.2 + 5 x 120 x 1.2 = 240
    story.expect({ realized_pnl: 11000, unrealized_pnl: 12000, total_equity: 1023900, fees: 100 });
    // cost 500 - cash 400 = 100 EUR of realized: worth 120 now, booked at 110
    story.expect({ fx_pnl: 1000 });
  });
});

describe('a position without a price', () => {
  it('is valued at cost and named, until the price of the market or its own fill marks it', () => {
    const story = new BookStory({ fromSettlements: 'never' });
    story.buy('X', 10, 50);
    story.tick();
    story.expect({ unpriced: ['X'], total_equity: 0, position_value: 50000 });
    story.mark('X', 55);
    story.expect({ unpriced: [], total_equity: 5000 });
  });

  it("is marked at its first fill, and by no later one: an exercise at 50 must not mark everybody's 100", () => {
    const story = new BookStory();
    story.buy('X', 10, 100);
    story.tick();
    story.expectPosition('X', { mark: '100' });
    story.buy('X', 10, 50);
    story.tick();
    story.expectPosition('X', { mark: '100' });
    // Any market price replaces it, whatever its time.
    story.bench.price('X', { price: 70, ts: 0 });
    story.tick();
    story.expectPosition('X', { mark: '70' });
  });

  it('with prices.mark exit is worth what closing it would bring: long at the bid, short at the ask', () => {
    const story = new BookStory({ mark: 'exit' });
    story.quote('X', 99, 101);
    story.tick();
    story.buy('X', 1, 100);
    story.expectPosition('X', { mark: '99', unrealized_pnl: -100 });
    story.sell('X', 2, 100);
    story.expectPosition('X', { mark: '101', unrealized_pnl: -100 });
  });

  it('with prices.mark last ignores quotes', () => {
    const story = new BookStory({ mark: 'last', fromSettlements: 'never' });
    story.buy('X', 1, 100);
    story.quote('X', 99, 101);
    story.tick();
    story.expect({ unpriced: ['X'] });
    story.mark('X', 98);
    story.expectPosition('X', { mark: '98' });
  });
});
