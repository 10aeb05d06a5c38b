/** Voids, told as stories: what an account is without an event of its past. */
import assert from 'node:assert/strict';
import { VoidStory } from '../support/void-story.ts';

const euro = { SAP: { currency: 'EUR' } };
const margined = { ES: { multiplier: 50, style: 'margined', price_scale: 2 } };
const start = Date.parse('2026-03-10T15:00:00Z');

describe('a void', () => {
  it('of the first of two purchases leaves the second', () => {
    const story = new VoidStory();
    story.cash('deposit', 2_000_000);
    story.fill('f1', 'buy', 100, 50);
    story.fill('f2', 'buy', 100, 60);
    // 20,000.00 - 5,000.00 - 6,000.00
    story.expect({ cash_balance: 900_000 });
    story.undo('f1');
    story.tick();
    // 20,000.00 - 6,000.00; the first fill's 50 is still the only price there is.
    story.expect({ cash_balance: 1_400_000, realized_pnl: 0, net_flow: 2_000_000 });
    story.expectPosition('ACME', { quantity: '100', cost_basis: 600_000, average_cost: '60', mark: '50' });
    story.expect({ total_equity: 1_900_000, unrealized_pnl: -100_000 });
  });

  it('of a purchase changes what a later sale realized', () => {
    const story = new VoidStory();
    story.cash('deposit', 2_000_000);
    story.fill('f1', 'buy', 100, 50);
    story.fill('f2', 'buy', 100, 60);
    story.fill('f3', 'sell', 50, 70);
    // Released 50 x 55: 3,500 - 2,750.
    story.expectPosition('ACME', { quantity: '150', cost_basis: 825_000, realized_pnl: 75_000 });
    story.undo('f1');
    // Released 50 x 60: 3,500 - 3,000.
    story.expectPosition('ACME', { quantity: '50', cost_basis: 300_000, realized_pnl: 50_000 });
    story.expect({ cash_balance: 2_000_000 - 600_000 + 350_000, realized_pnl: 50_000 });
  });

  it('of a purchase may turn the position over', () => {
    const story = new VoidStory();
    story.cash('deposit', 1_000_000);
    story.fill('f1', 'buy', 100, 50);
    story.fill('f2', 'sell', 150, 60, { fee: 30 });
    story.expectPosition('ACME', { quantity: '-50', cost_basis: -300_000, realized_pnl: 100_000 });
    story.undo('f1');
    story.expectPosition('ACME', { quantity: '-150', cost_basis: -900_000, realized_pnl: 0, fees: 30 });
    story.expect({ cash_balance: 1_000_000 + 900_000 - 30, realized_pnl: 0, fees: 30 });
  });

  it('takes fees back, in money and in kind', () => {
    const story = new VoidStory();
    story.cash('deposit', 1_000_000);
    story.fill('f1', 'buy', 10, 50, { fee: 25 });
    story.fill('f2', 'buy', 10, 60, { fee: -5, fee_quantity: 1 });
    // In kind 1 x 60, given up at an average of 55: realized 60 - 55 = 5.
    story.expectPosition('ACME', { quantity: '19', fees: 6_020, realized_pnl: 500 });
    story.undo('f2');
    story.expectPosition('ACME', { quantity: '10', cost_basis: 50_000, fees: 25, realized_pnl: 0 });
    story.expect({ fees: 25, cash_balance: 1_000_000 - 50_000 - 25 });
    story.undo('f1');
    story.expectPosition('ACME', { quantity: '0', cost_basis: 0, fees: 0, realized_pnl: 0 });
    story.expect({ fees: 0, cash_balance: 1_000_000, total_equity: 1_000_000 });
  });

  it('of a margined fill moves cash by what was realized on it', () => {
    const story = new VoidStory({}, margined);
    story.cash('deposit', 10_000_000);
    story.fill('f1', 'buy', 2, 5000, { symbol: 'ES', fee: 500 });
    story.fill('f2', 'sell', 3, 5020, { symbol: 'ES', fee: -75 });
    story.expect({ cash_balance: 10_199_575, realized_pnl: 200_000 });
    story.undo('f1');
    // Sold 3 @ 5020 and nothing else: no profit, a rebate of 0.75.
    story.expect({ cash_balance: 10_000_075, realized_pnl: 0, fees: -75 });
    story.expectPosition('ES', { quantity: '-3', cost_basis: -75_300_000 });
  });

  it('of a transfer takes its flow and its units back', () => {
    const story = new VoidStory();
    story.cash('deposit', 100_000);
    story.apply('settlements.a', {
      id: 't1',
      type: 'transfer',
      symbol: 'ACME',
      side: 'in',
      quantity: 10,
      price: 50,
    });
    story.tick();
    story.expect({ net_flow: 150_000, units: 150_000, total_equity: 150_000 });
    story.undo('t1');
    story.tick();
    story.expect({ net_flow: 100_000, units: 100_000, nav: 1, total_equity: 100_000, cash_balance: 100_000 });
  });

  it('of a deposit takes as many units back as leave nav where it is', () => {
    const story = new VoidStory();
    story.cash('deposit', 100_000);
    story.fill('f1', 'buy', 10, 50);
    story.mark('ACME', 60);
    story.expect({ total_equity: 110_000, nav: 1.1 });
    story.apply('cash.a', { id: 'd2', type: 'deposit', amount: 1_000_000 });
    story.mark('ACME', 160);
    // 1,000,000 at nav 1.1 are 909,090.9 units; 10 x 100 more for all of them.
    story.expect({ total_equity: 1_210_000, nav: 1_210_000 / (100_000 + 1_000_000 / 1.1) });
    story.undo('d2', 'cash.a');
    story.tick();
    // Until the rebase: of a curve that began at 1 with 100,000 history makes 2.1.
    const nav = 1_210_000 / (100_000 + 1_000_000 / 1.1);
    story.expect({
      total_equity: 210_000,
      net_flow: 100_000,
      units: 210_000 / nav,
      nav,
      rebase_pending: true,
    });
  });

  it('of the only deposit leaves an account before its first flow', () => {
    const story = new VoidStory();
    story.apply('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 });
    story.tick();
    story.undo('d1', 'cash.a');
    story.tick();
    story.expect({ total_equity: 0, net_flow: 0, nav: null, drawdown: 0, cash: { USD: 0 } });
    story.cash('deposit', 50_000);
    story.tick();
    story.expect({ total_equity: 50_000, nav: 1, units: 50_000, epoch: 1 });
  });

  it('of a withdrawal, a fee, a dividend, interest puts cash back where it was', () => {
    const story = new VoidStory();
    story.cash('deposit', 100_000);
    for (const [id, type, amount] of [
      ['w', 'withdrawal', 20_000],
      ['f', 'fee', -300],
      ['d', 'dividend', -700],
      ['i', 'interest', 90],
    ] as const) {
      story.apply('cash.a', { id, type, amount });
    }
    story.expect({ cash_balance: 100_000 - 20_000 + 300 - 700 + 90 });
    story.undo('w', 'cash.a');
    story.expect({ net_flow: 100_000 });
    story.undo('f', 'cash.a');
    story.expect({ fees: 0 });
    story.undo('d', 'cash.a');
    story.expect({ income: 90 });
    story.undo('i', 'cash.a');
    story.tick();
    story.expect({ income: 0, cash_balance: 100_000, total_equity: 100_000 });
  });

  it('of a withdrawal that emptied the account brings its units back', () => {
    const story = new VoidStory();
    story.cash('deposit', 100_000);
    story.apply('cash.a', { id: 'w', type: 'withdrawal', amount: 99_950 });
    story.tick();
    story.expect({ units: 0, nav: 1, total_equity: 50 });
    story.undo('w', 'cash.a');
    story.tick();
    story.expect({ units: 100_000, nav: 1, total_equity: 100_000 });
  });

  it('of a conversion exchanges the money back', () => {
    const story = new VoidStory();
    story.mark('EURUSD', '1.10');
    story.cash('deposit', 100_000);
    story.apply('cash.a', {
      id: 'c', type: 'conversion', amount: 56_000, currency: 'USD', to_currency: 'EUR', to_amount: 50_000,
    }); // prettier-ignore
    story.expect({ cash: { USD: 44_000, EUR: 50_000 }, net_flow: 100_000, total_equity: 99_000 });
    story.mark('EURUSD', '1.20');
    story.undo('c', 'cash.a');
    story.tick();
    story.expect({ cash: { USD: 100_000, EUR: 0 }, net_flow: 100_000, total_equity: 100_000, fx_pnl: 0 });
  });

  it('of a conversion whose legs were flows takes both back', () => {
    const story = new VoidStory();
    story.cash('deposit', 100_000);
    // No rate: a withdrawal of 560 USD, and a deposit of 500 EUR that waits for one.
    story.apply('cash.a', {
      id: 'c', type: 'conversion', amount: 56_000, currency: 'USD', to_currency: 'EUR', to_amount: 50_000,
    }); // prettier-ignore
    story.expect({ net_flow: 44_000 });
    story.undo('c', 'cash.a');
    story.mark('EURUSD', '1.10');
    story.expect({
      cash: { USD: 100_000, EUR: 0 },
      net_flow: 100_000,
      total_equity: 100_000,
      units: 100_000,
    });
  });

  it('of a foreign fill takes back what was booked at the rate of its moment', () => {
    const story = new VoidStory({}, euro);
    story.mark('EURUSD', '1.10');
    story.cash('deposit', 1_000_000, { currency: 'EUR' });
    story.fill('f1', 'buy', 100, 20, { symbol: 'SAP', fee: 100 });
    story.fill('f2', 'buy', 100, 30, { symbol: 'SAP' });
    story.mark('EURUSD', '1.20');
    story.fill('f3', 'sell', 50, 40, { symbol: 'SAP', fee: 50 });
    // Released 50 x 25, realized 750.00 EUR at 1.20; fees 1.00 at 1.10 and 0.50 at 1.20.
    story.expect({ realized_pnl: 90_000, fees: 110 + 60 });
    story.mark('EURUSD', '1.50');
    story.undo('f1');
    // Released 50 x 30, realized 500.00 EUR at the sale's 1.20; the fee at 1.10 is gone.
    story.expect({ realized_pnl: 60_000, fees: 60, net_flow: 1_100_000 });
    story.expectPosition('SAP', { realized_pnl: 50_000, realized_pnl_base: 60_000, fees: 50, fees_base: 60 });
    story.undo('f3');
    story.expect({ realized_pnl: 0, fees: 0 });
    story.expectPosition('SAP', { quantity: '100', realized_pnl_base: 0, fees_base: 0 });
  });

  it('of what still waits for a rate takes it from what waits', () => {
    const story = new VoidStory({}, euro);
    story.cash('deposit', 100_000);
    story.apply('cash.a', { id: 'd', type: 'deposit', amount: 40_000, currency: 'EUR' });
    story.cash('deposit', 10_000, { currency: 'EUR' });
    story.undo('d', 'cash.a');
    story.mark('EURUSD', '1.10');
    story.expect({ net_flow: 111_000, total_equity: 111_000, units: 111_000, nav: 1 });
  });

  it('of a flow of an earlier day is no loss of today', () => {
    const story = new VoidStory({ eventsHaveTime: true });
    const day = 24 * 3_600_000;
    story.cash('deposit', 100_000, {}, start);
    story.apply('cash.a', { id: 'd2', type: 'deposit', amount: 30_000 }, start + 1);
    story.tick(start + 2);
    story.tick(start + day);
    story.expect({ day_open_equity: 130_000, day_net_flow: 0 });
    story.apply('cash.a', { type: 'void', of: 'd2' }, start + day + 1);
    story.tick(start + day + 2);
    story.expect({ total_equity: 100_000, day_open_equity: 100_000, day_net_flow: 0, day_change: 0 });
  });

  it('tells in its effect what it changed', () => {
    const story = new VoidStory();
    story.cash('deposit', 1_000_000);
    story.fill('f1', 'buy', 100, 50, { fee: 7 });
    story.fill('f2', 'sell', 100, 60);
    story.undo('f1');
    const {
      event,
      cashEffect,
      realized,
      realizedBase,
      fees,
      feesBase,
      quantityBefore,
      quantityAfter,
      bookings,
    } = story.bench.lastEffect ?? assert.fail();
    assert.equal(event.kind, 'void');
    assert.deepEqual(
      { cashEffect, realized, realizedBase, fees, feesBase, quantityBefore, quantityAfter },
      {
        cashEffect: 500_007,
        realized: -100_000,
        realizedBase: -100_000,
        fees: -7,
        feesBase: -7,
        quantityBefore: 0,
        quantityAfter: -1_000_000,
      },
    );
    assert.deepEqual(bookings, [-100_000, -7, 0, 0]);
  });
});
