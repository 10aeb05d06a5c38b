/** The ends of the safe integers: what an event would push over them is refused, what a price would is held back. */
import assert from 'node:assert/strict';
import { BookStory } from '../support/book-story.ts';

const most = Number.MAX_SAFE_INTEGER;
const outOfRange = { rejected: 'amount_out_of_range' };

describe('an event that would leave the safe integers', () => {
  it('is refused, whichever figure would', () => {
    const story = new BookStory({}, { M: { style: 'margined', multiplier: 1000 } });
    story.cash('deposit', most);
    const fill = { side: 'buy', quantity: '1', price: '1' };
    const refused: [string, object][] = [
      ['cash.a', { type: 'deposit', amount: 1 }],
      ['cash.a', { type: 'interest', amount: 1 }],
      ['settlements.a', { ...fill, symbol: 'X', side: 'sell' }],
      ['settlements.a', { ...fill, symbol: 'X', quantity: '900719925475' }],
      ['settlements.a', { ...fill, symbol: 'X', price: '900719925475' }],
      ['settlements.a', { ...fill, symbol: 'X', quantity: '90071992547', price: '90071992547' }],
      ['settlements.a', { ...fill, symbol: 'X', price: '99999999999999999999' }],
      ['settlements.a', { ...fill, symbol: 'X', fee: most }],
      ['settlements.a', { ...fill, symbol: 'X', fee_quantity: '99999999999999999999' }],
      ['settlements.a', { ...fill, symbol: 'M', quantity: '90071992547', price: '1000' }],
    ];
    for (const [subject, fields] of refused) {
      assert.deepEqual(story.tell(subject, { ...fields }), outOfRange, JSON.stringify(fields));
    }
    story.expect({ cash: { USD: most }, total_equity: most, positions: [] });
    story.cash('withdrawal', most);
    story.expect({ cash: { USD: 0 }, total_equity: 0, net_flow: 0 });
  });

  it('is refused in base too, where it is in another currency', () => {
    const story = new BookStory({}, { S: { currency: 'EUR' } });
    story.mark('EURUSD', 2);
    assert.deepEqual(
      story.tell('cash.a', { type: 'deposit', amount: 2 ** 52 + 1, currency: 'EUR' }),
      outOfRange,
    );
    const dear = { symbol: 'S', side: 'buy', quantity: '1000000', price: '50000000' };
    assert.deepEqual(story.tell('settlements.a', dear), outOfRange);
  });

  it('is exact right up to them', () => {
    const story = new BookStory();
    story.cash('deposit', most);
    story.sell('X', 1, '-0.03');
    story.expect({ cash: { USD: most - 3 }, total_equity: most });
    story.cash('fee', most - 3);
    story.cash('withdrawal', most);
    story.expect({ cash: { USD: 0 - most }, fees: most - 3, net_flow: 0, total_equity: 3 - most });
    assert.deepEqual(story.tell('cash.a', { type: 'fee', amount: 4 }), outOfRange);
  });
});

describe('a price that would leave the safe integers', () => {
  it('is held back, and the one before it stays', () => {
    const story = new BookStory();
    story.buy('X', '1000000', 1);
    story.mark('X', 2);
    story.mark('X', '900000000');
    story.expectPosition('X', { mark: '2', unrealized_pnl: 100000000 });
    assert.deepEqual(story.bench.held, ['X']);
    story.mark('X', 3);
    story.expectPosition('X', { mark: '3' });
  });

  it('is held back for a holding in another currency', () => {
    const story = new BookStory({}, { S: { currency: 'EUR' } });
    story.mark('EURUSD', 2);
    story.buy('S', '1000000', 1);
    story.tick();
    story.mark('S', '50000000');
    story.expectPosition('S', { mark: '1' });
    assert.deepEqual(story.bench.held, ['S']);
  });

  it('as a rate is held back whole: nothing is converted at it', () => {
    const story = new BookStory();
    story.mark('EURUSD', 1);
    story.mark('USDJPY', 100);
    story.cash('deposit', 2 ** 52, { currency: 'EUR' });
    story.cash('deposit', 10_000, { currency: 'JPY' });
    story.price('USDJPY', 50);
    story.mark('EURUSD', 3);
    // The yen's rate is taken beside it: 10,000 / 50 = 200.00
    story.expect({ total_equity: 2 ** 52 + 20_000, unpriced: [] });
    assert.deepEqual(story.bench.held, ['EURUSD']);
    story.mark('EURUSD', '0.5');
    story.expect({ total_equity: 2 ** 51 + 20_000 });
  });
});
