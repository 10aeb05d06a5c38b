/** What corrections make of history, in worked cases: 2-accounting.md, "Back-dated flows" and "Void". */
import assert from 'node:assert/strict';
import { CorrectedStory } from '../support/corrected-story.ts';

const day = (date: string, time = '15:00:00.000'): number => Date.parse(`2026-03-${date}T${time}Z`);
/** Sessions end at 17:00 in New York: 22:00 before the 8th, 21:00 since. */
const fill = { symbol: 'ACME', side: 'buy', quantity: 10 };

function story(): CorrectedStory {
  return new CorrectedStory({}, { ACME: {}, SAP: { currency: 'EUR' } });
}

const assertNear = (is: number | undefined, should: number): void => {
  assert.ok(is !== undefined && Math.abs(is - should) < 5e-7, `${is}, should be ${should}`);
};

describe('corrected history', () => {
  it('has a flow dated back where it took effect: not performance, and half the drawdown', async () => {
    const s = story();
    s.tell('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 }, day('09'));
    s.tell('settlements.a', { id: 'f1', ...fill, price: 100 }, day('09') + 1);
    s.price('ACME', 110);
    s.tick(day('09') + 10);
    s.price('ACME', 130);
    s.tick(day('10'));
    s.price('ACME', 121);
    s.tick(day('10') + 1000);
    const [, high, close] = s.rows;
    assertNear(close?.drawdown, 1210 / 1300 - 1);
    const effective = day('09', '21:00:00.000');
    s.tell(
      'cash.a',
      { id: 'd2', type: 'deposit', amount: 100_000, effective_at: effective },
      day('10') + 1500,
    );
    s.tick(day('10') + 2000);
    const { rows, end } = await s.corrected();
    assert.deepEqual(
      rows.map(({ timestamp, totalEquity }) => [timestamp, totalEquity]),
      [
        [day('09') + 10, 110_000],
        [effective, 210_000],
        [high?.timestamp, 230_000],
        [close?.timestamp, 221_000],
        [day('10') + 2000, 221_000],
      ],
    );
    const last = rows.at(-1);
    assert.ok(last !== undefined && end !== null);
    assertNear(last.nav, 1.157619);
    assertNear(last.peakNav, 1.204762);
    assertNear(last.drawdown, -0.03913);
    assert.deepEqual([last.dayOpenEquity, last.dayNetFlow, last.dayChange], [110_000, 100_000, 11_000]);
    assertNear(last.units / end.unitsRecorded, (1000 + 1000 / 1.1) / (1000 + 1000 / 1.21));
  });

  it('never saw a fill that was voided', async () => {
    const s = story();
    s.tell('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 }, day('09'));
    s.tick(day('09') + 1000);
    s.tell('settlements.a', { id: 'f1', ...fill, price: 50, fee: 30 }, day('09') + 1001);
    for (const [i, price] of [50, 60, 40].entries()) {
      s.price('ACME', price);
      s.tick(day('09') + 2000 + 1000 * i);
    }
    s.tell('settlements.a', { id: 'v1', type: 'void', of: 'f1' }, day('09') + 5000);
    s.tick(day('09') + 6000);
    assert.deepEqual(
      s.rows.map(({ totalEquity }) => totalEquity),
      [100_000, 99_970, 109_970, 89_970, 100_000],
    );
    const { rows } = await s.corrected();
    for (const row of rows) {
      const { totalEquity, cashBalance, positionValue, unrealizedPnl, fees, nav, peakNav, maxDrawdown } = row;
      assert.deepEqual(
        [totalEquity, cashBalance, positionValue, unrealizedPnl, fees],
        [100_000, 100_000, 0, 0, 0],
      );
      assert.deepEqual([nav, peakNav, maxDrawdown], [1, 1, 0]);
    }
  });

  it('has a short position where what was voided had been sold', async () => {
    const s = story();
    s.tell('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 }, day('09'));
    s.price('ACME', 50);
    s.tick(day('09') + 1000);
    s.tell('settlements.a', { id: 'f1', ...fill, price: 50 }, day('09') + 1001);
    s.tell('settlements.a', { id: 'f2', ...fill, side: 'sell', price: 50 }, day('09') + 1002);
    s.tick(day('09') + 2000);
    // Flat as recorded, short as corrected.
    s.price('ACME', 60);
    s.tick(day('09') + 3000);
    assert.equal(s.rows.at(-1)?.totalEquity, 100_000);
    s.tell('settlements.a', { id: 'v1', type: 'void', of: 'f1' }, day('09') + 3001);
    s.tick(day('09') + 4000);
    const { rows } = await s.corrected();
    assert.deepEqual(
      rows.map(({ timestamp, totalEquity, drawdown }) => [timestamp - day('09'), totalEquity, drawdown]),
      [
        [1000, 100_000, 0],
        [2000, 100_000, 0],
        [3000, 90_000, 90_000 / 100_000 - 1],
        [4000, 90_000, 90_000 / 100_000 - 1],
      ],
    );
  });

  it('ends each day at (5, 5) after a withdrawal of 5 dated back, and at (10, 10) after its void', async () => {
    const s = story();
    const closes = async (): Promise<(number | undefined)[]> => {
      const { rows } = await s.corrected();
      return ['2026-03-09', '2026-03-10'].map(
        (date) => rows.findLast(({ sessionDate }) => sessionDate === date)?.totalEquity,
      );
    };
    s.tell('cash.a', { id: 'd1', type: 'deposit', amount: 1_000 }, day('09'));
    s.tick(day('09') + 1000);
    s.tell('settlements.a', { id: 'f1', ...fill, quantity: 1, price: 1 }, day('10'));
    s.tick(day('10') + 1000);
    assert.deepEqual(await closes(), [1_000, 1_000]);
    const back = { id: 'w1', type: 'withdrawal', amount: 500, effective_at: day('09') + 2000 };
    s.tell('cash.a', back, day('10') + 2000);
    s.tick(day('10') + 3000);
    assert.deepEqual(await closes(), [500, 500]);
    s.tell('cash.a', { id: 'v1', type: 'void', of: 'w1' }, day('10') + 4000);
    s.tick(day('10') + 5000);
    assert.deepEqual(await closes(), [1_000, 1_000]);
  });

  it('has no fee, dividend or deposit that was voided', async () => {
    const s = story();
    s.tell('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 }, day('09'));
    s.tick(day('09') + 1000);
    s.tell('cash.a', { id: 'd2', type: 'deposit', amount: 50_000 }, day('09') + 1001);
    s.tell('cash.a', { id: 'c1', type: 'fee', amount: 700 }, day('09') + 1002);
    s.tell('cash.a', { id: 'i1', type: 'dividend', amount: 900 }, day('09') + 1003);
    s.tick(day('09') + 2000);
    for (const of of ['d2', 'c1', 'i1'])
      s.tell('cash.a', { id: `v${of}`, type: 'void', of }, day('09') + 2001);
    s.tick(day('09') + 3000);
    const { rows } = await s.corrected();
    for (const { totalEquity, fees, income, netFlow, nav, dayNetFlow } of rows) {
      assert.deepEqual(
        [totalEquity, fees, income, netFlow, nav, dayNetFlow],
        [100_000, 0, 0, 100_000, 1, 100_000],
      );
    }
  });

  it('follows the rate of a currency in which a flow was dated back', async () => {
    const s = story();
    s.price('EURUSD', 1.1);
    s.tell('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 }, day('09'));
    s.tick(day('09') + 1000);
    s.price('EURUSD', 1.2);
    s.tick(day('09') + 2000);
    const back = {
      id: 'd2',
      type: 'deposit',
      amount: 10_000,
      currency: 'EUR',
      effective_at: day('09') + 1500,
    };
    s.price('EURUSD', 1.3);
    s.tick(day('09') + 3000);
    s.tell('cash.a', back, day('09') + 3001);
    s.tick(day('09') + 4000);
    const { rows } = await s.corrected();
    assert.deepEqual(
      rows.map(({ timestamp, totalEquity }) => [timestamp - day('09'), totalEquity]),
      [
        [1000, 100_000],
        [1500, 111_000],
        [2000, 112_000],
        [3000, 113_000],
        [4000, 113_000],
      ],
    );
    assertNear(rows.at(-1)?.nav, 113 / 111);
  });

  it('counts a flow in another currency as it was booked, at every row', async () => {
    const s = story();
    s.price('EURUSD', 1.1);
    s.tell('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 }, day('09'));
    s.tick(day('09') + 1000);
    s.price('EURUSD', 1.3);
    s.tick(day('09') + 3000);
    const back = { id: 'd2', type: 'deposit', amount: 10_000, currency: 'EUR' };
    s.tell('cash.a', { ...back, effective_at: day('09') + 1500 }, day('09') + 3001);
    s.tick(day('09') + 4000);
    const { rows } = await s.corrected();
    assert.deepEqual(
      rows.map(({ timestamp, netFlow }) => [timestamp - day('09'), netFlow]),
      [
        [1000, 100_000],
        [1500, 113_000],
        [3000, 113_000],
        [4000, 113_000],
      ],
    );
  });

  it('has what a foreign position realized at the rate of then, whatever rates did since', async () => {
    const s = story();
    s.price('EURUSD', 1.1);
    s.price('SAP', 50);
    s.tell('cash.a', { id: 'd1', type: 'deposit', amount: 1_000_000 }, day('09'));
    const sap = { ...fill, symbol: 'SAP' };
    s.tell('settlements.a', { id: 'f1', ...sap, price: 50 }, day('09') + 1);
    s.tell('settlements.a', { id: 'f2', ...sap, price: 60 }, day('09') + 2);
    s.price('EURUSD', 1.2);
    s.tick(day('09') + 1000);
    // At 1.20: 150.00 EUR as recorded; of those bought at 60 alone 100.00 EUR.
    s.tell('settlements.a', { id: 'f3', ...sap, side: 'sell', price: 70 }, day('09') + 1001);
    s.tick(day('09') + 2000);
    s.price('EURUSD', 1.5);
    s.tick(day('09') + 3000);
    s.tell('settlements.a', { id: 'v1', type: 'void', of: 'f1' }, day('09') + 3001);
    s.tick(day('09') + 4000);
    assert.deepEqual(
      s.rows.map(({ realizedPnl }) => realizedPnl),
      [0, 18_000, 18_000, 12_000],
    );
    const { rows } = await s.corrected();
    assert.deepEqual(
      rows.map(({ realizedPnl }) => realizedPnl),
      [0, 12_000, 12_000, 12_000],
    );
  });

  it('follows a rate from a flow on that was dated back before everything else', async () => {
    const s = story();
    s.price('EURUSD', 1.1);
    s.tick(day('09'));
    s.price('EURUSD', 1.2);
    s.tick(day('09') + 2000);
    const flow = { type: 'deposit', amount: 10_000, currency: 'EUR' };
    s.tell('cash.a', { id: 'd1', ...flow, effective_at: day('09') + 1000 }, day('09') + 2001);
    s.tick(day('09') + 3000);
    const { rows } = await s.corrected();
    assert.deepEqual(
      rows.map(({ timestamp, totalEquity }) => [timestamp - day('09'), totalEquity]),
      [
        [1000, 11_000],
        [2000, 12_000],
        [3000, 12_000],
      ],
    );
    assertNear(rows.at(-1)?.nav, 12 / 11);
  });

  it('invents no fall of a minor unit where a flow came in the middle of a period', async () => {
    const s = new CorrectedStory({}, { ACME: {} }, 4_000);
    const at = Math.ceil(day('09') / 4_000) * 4_000;
    s.price('ACME', 50);
    const transfer = { type: 'transfer', symbol: 'ACME', side: 'in', quantity: 1, price: 1 };
    s.tell('settlements.a', { id: 't1', ...transfer }, at);
    s.tick(at + 1000);
    s.tell('settlements.a', { id: 't2', ...transfer }, at + 1001);
    s.tick(at + 2000);
    s.tell('settlements.a', { id: 'f1', ...fill, quantity: 1, price: 1 }, at + 2001);
    s.tell('cash.a', { id: 'd1', type: 'deposit', amount: 1 }, at + 2002);
    s.tick(at + 3000);
    const { rows } = await s.corrected();
    assert.deepEqual(
      rows.map(({ maxDrawdown, nav, peakNav }) => [maxDrawdown, nav === peakNav]),
      [[0, true]],
    );
  });
});
