/** The worked cases of the accounting rules and the published fill cases, published on NATS and read back by inspect. */
import assert from 'node:assert/strict';
import { assertUniform, fillCases, openingMessages } from '../support/fill-cases.ts';
import { RealEngine } from '../support/real-engine.ts';

type Figures = Readonly<Record<string, unknown>>;

describe('through the real path', function () {
  this.timeout(60_000);
  let engine: RealEngine;
  let ids = 0;

  before(async () => {
    const future = { style: 'margined', price_scale: 2 };
    engine = await RealEngine.start({
      instruments: { ES: { ...future, multiplier: 50 }, CL: { ...future, multiplier: 1000 } },
    });
  });

  after(async () => {
    await engine.stop();
  });

  const cash = (account: string, type: string, amount: number): Promise<number> =>
    engine.settle(`cash.${account}`, { id: ++ids, type, amount });
  const fill = (
    account: string,
    symbol: string,
    side: string,
    quantity: string,
    price: string,
    fee = 0,
  ): Promise<number> =>
    engine.settle(`settlements.${account}`, { id: `f${++ids}`, symbol, side, quantity, price, fee });
  let priced = 0;
  const mark = async (symbol: string, price: string): Promise<void> => {
    engine.price(symbol, { price, ts: ++priced });
    await engine.tick();
  };
  const figuresOf = async (account: string): Promise<Figures> => {
    const figures = await engine.inspect(account);
    assert.ok(figures !== null, account);
    return figures;
  };
  const positionOf = (figures: Figures): Figures => (figures['positions'] as Figures[])[0] ?? {};
  const expectAll = (actual: Figures, expected: Figures): void => {
    for (const [name, figure] of Object.entries(expected)) assert.deepEqual(actual[name], figure, name);
  };

  it('the worked table holds row by row', async () => {
    await cash('table', 'deposit', 100000000);
    const rows = [
      ['buy', '100', '50.00', '100', 500000, 0, 99500000, '60', 100000],
      ['sell', '50', '60.00', '50', 250000, 50000, 99800000, '40', -50000],
      ['sell', '80', '40.00', '-30', -120000, 0, 100120000, '60', -60000],
      ['buy', '30', '35.00', '0', 0, 15000, 100015000, '60', 0],
      ['buy', '3', '33.3333', '3', 10000, 15000, 100005000, '33.3333', 0],
      ['sell', '1', '33.3333', '2', 6667, 15000, 100008333, '33.3333', 0],
      ['sell', '1', '33.3333', '1', 3333, 14999, 100011666, '33.3333', 0],
      ['sell', '1', '33.3333', '0', 0, 14999, 100014999, '33.3333', 0],
    ] as const;
    for (const [side, amount, price, quantity, cost, realized, money, now, unrealized] of rows) {
      await fill('table', 'TABLE', side, amount, price);
      await mark('TABLE', now);
      const figures = await figuresOf('table');
      expectAll(positionOf(figures), {
        quantity,
        cost_basis: cost,
        realized_pnl: realized,
        unrealized_pnl: unrealized,
        mark: now,
      });
      expectAll(figures, {
        cash: { USD: money },
        realized_pnl: realized,
        total_equity: money + cost + unrealized,
        fx_pnl: 0,
      });
    }
  });

  it('ES x50 and CL x1000 come out as worked', async () => {
    await cash('es', 'deposit', 10000000);
    await fill('es', 'ES', 'buy', '2', '5000', 500);
    await fill('es', 'ES', 'sell', '3', '5020', -75);
    await mark('ES', '5030');
    const es = await figuresOf('es');
    expectAll(es, { realized_pnl: 200000, cash: { USD: 10199575 }, total_equity: 10149575 });
    assert.equal(positionOf(es)['cost_basis'], -25100000);
    await cash('cl', 'deposit', 10000000);
    await fill('cl', 'CL', 'buy', '1', '10.01');
    await fill('cl', 'CL', 'sell', '2', '-37.63');
    await mark('CL', '0');
    const cl = await figuresOf('cl');
    expectAll(cl, { realized_pnl: -4764000, total_equity: 1473000 });
    assert.equal(positionOf(cl)['cost_basis'], 3763000);
  });

  it('1,000 USD, then 1,000 EUR without a rate, then 1.10 is an equity of 2,100 and a nav of 1', async () => {
    await cash('fx', 'deposit', 100000);
    await engine.tick();
    await engine.settle('cash.fx', { id: ++ids, type: 'deposit', amount: 100000, currency: 'EUR' });
    await engine.tick();
    expectAll(await figuresOf('fx'), { total_equity: 100000, unpriced: ['EUR'], nav: 1 });
    await mark('EURUSD', '1.10');
    expectAll(await figuresOf('fx'), { total_equity: 210000, net_flow: 210000, nav: 1, unpriced: [] });
  });

  it('a trade becomes two settlements, and its price the mark', async () => {
    const trade = {
      id: 't1',
      symbol: 'TRADED',
      price: '12.50',
      quantity: '4',
      buyer: 'buyer',
      seller: 'seller',
      buyer_fee: 10,
      ts: 1,
    };
    await engine.jetStream.publish('trades', JSON.stringify(trade));
    await engine.tick();
    expectAll(await figuresOf('buyer'), { cash: { USD: -5010 }, fees: 10, total_equity: -10 });
    expectAll(await figuresOf('seller'), { cash: { USD: 5000 }, fees: 0, total_equity: 0 });
    expectAll(positionOf(await figuresOf('seller')), { quantity: '-4', mark: '12.5' });
  });

  for (const [i, fillCase] of fillCases.entries()) {
    it(`${fillCase.id} comes out as published`, async () => {
      const account = `case-${i}`;
      // A symbol of its own, so that the mark of one case is not another's.
      const symbol = `CASE${i}`;
      for (const { subject, message } of openingMessages(fillCase, account)) {
        await engine.settle(subject, 'symbol' in message ? { ...message, symbol } : message);
      }
      if (fillCase.mark_price === undefined) await engine.tick();
      else await mark(symbol, fillCase.mark_price);
      assertUniform(positionOf(await figuresOf(account)), fillCase);
    });
  }
});
