/** One account is applied again while all are on their way back: what the others were valued at is not forgotten. */
import assert from 'node:assert/strict';
import type { RecordedEffect } from '../../src/domain/recorded.ts';
import { LedgerBench } from '../support/ledger-bench.ts';

const deposit = (id: string) => ({ id, type: 'deposit', amount: 1_000, currency: 'EUR' });

describe('a book on its way back', () => {
  it('of which one account is rebuilt goes on with what was recorded of the others', () => {
    const first = new LedgerBench();
    first.price('EURUSD', { price: '1.10' });
    first.tick();
    first.apply('cash.a', deposit('d1'), 1);
    first.apply('cash.a', deposit('d2'), 2);
    const source = {
      effect: (sequence: number, index: number) => first.records.get(`${sequence}.${index}`) ?? null,
      late: () => [],
    };

    const second = new LedgerBench();
    second.book.past.begin(source, new Map());
    second.apply('cash.a', deposit('d1'), 1);
    const unvalued = { effect: () => null, late: () => [] };
    second.book.past.during(
      unvalued,
      () => undefined,
      () => {
        second.apply('cash.b', { id: 'd1', type: 'deposit', amount: 1 }, 3);
      },
    );
    second.apply('cash.a', deposit('d2'), 2);
    second.book.past.end();
    assert.equal(second.inspect('a')?.['net_flow'], first.inspect('a')?.['net_flow']);
    assert.equal(second.inspect('a')?.['net_flow'], 2_200);
  });

  it('knows of units that a tick began, before the event that is recorded, at a nav of 1', () => {
    const bench = new LedgerBench();
    const story = (to: LedgerBench, price: (mark: number) => void): void => {
      to.instrument('M', { style: 'margined' });
      to.apply('cash.a', { id: 'w1', type: 'withdrawal', amount: 10_000 }, 1);
      to.apply('settlements.a', { id: 'b1', symbol: 'M', side: 'buy', quantity: 10, price: 100 }, 2);
      // Equity 100.00 begins 10,000 units; at 70.00 nav is 0.7, and 33.33 buy 4,761.43 more.
      price(120);
      price(117);
      to.apply('cash.a', { id: 'd1', type: 'deposit', amount: 3_333 }, 3);
    };
    story(bench, (mark) => {
      bench.price('M', { price: mark });
      bench.tick();
    });
    const effect = (sequence: number, index: number): RecordedEffect | null =>
      bench.records.get(`${sequence}.${index}`) ?? null;
    const back = new LedgerBench();
    back.book.past.begin({ effect, late: () => [] }, new Map());
    story(back, () => undefined);
    back.book.past.end();
    back.price('M', { price: 117 });
    back.mark();
    for (const each of [bench, back]) each.tick();
    const performance = (of: LedgerBench): unknown => {
      const { nav, peak_nav, drawdown, max_drawdown, drawdown_money } = of.inspect('a') ?? {};
      return { nav, peak_nav, drawdown, max_drawdown, drawdown_money };
    };
    assert.deepEqual(performance(bench), {
      nav: 0.7,
      peak_nav: 1,
      drawdown: 0.7 - 1,
      max_drawdown: 0.7 - 1,
      drawdown_money: -3_000,
    });
    assert.deepEqual(performance(back), performance(bench));
  });

  it('knows the peak of profit to the minor unit where units began at a tick that left no row', () => {
    const events = [
      { id: 'w', type: 'withdrawal', amount: 1_000 },
      { id: 'i', type: 'interest', amount: 4_000 },
      { id: 'd', type: 'deposit', amount: 1_000 },
    ] as const;
    const buy = { id: 'b', symbol: 'M', side: 'buy', quantity: 1, price: 10 };
    const live = new LedgerBench();
    live.instrument('M', { style: 'margined' });
    live.apply('cash.a', events[0], 1);
    live.apply('cash.a', events[1], 2);
    live.apply('settlements.a', buy, 3);
    live.tick();
    live.price('M', { price: 17, ts: 1 });
    live.tick();
    live.apply('cash.a', events[2], 4);

    const back = new LedgerBench();
    back.instrument('M', { style: 'margined' });
    const effect = (sequence: number, index: number): RecordedEffect | null =>
      live.records.get(`${sequence}.${index}`) ?? null;
    back.book.past.begin({ effect, late: () => [] }, new Map());
    back.apply('cash.a', events[0], 1);
    back.apply('cash.a', events[1], 2);
    back.apply('settlements.a', buy, 3);
    back.apply('cash.a', events[2], 4);
    back.book.past.end();
    // Units began at 3,000; 700 were won since, of which a deposit bought its units.
    assert.ok(!Number.isInteger(live.inspect('a')?.['units']), 'units are no whole number then');
    assert.equal(back.inspect('a')?.['units'], live.inspect('a')?.['units']);
    assert.deepEqual(
      [back, live].map(({ book }) => book.accounts.peakProfit[0]),
      [4_700, 4_700],
    );
  });

  describe('over the end of a session, at 22:00 UTC,', () => {
    const at = (text: string): number => Date.parse(`2026-01-${text}Z`);

    /** 1,000.00 and ten contracts at 100, that are marked at 110 and told of before the session ends; then `later`. */
    function play(bench: LedgerBench, later: (bench: LedgerBench) => void, mark: () => void): LedgerBench {
      bench.instrument('M', { style: 'margined' });
      bench.apply('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 }, 1, at('14T21:00'));
      const buy = { id: 'b1', symbol: 'M', side: 'buy', quantity: 10, price: 100 };
      bench.apply('settlements.a', buy, 2, at('14T21:01'));
      mark();
      later(bench);
      return bench;
    }

    function live(later: (bench: LedgerBench) => void): LedgerBench {
      const bench = new LedgerBench({ eventsHaveTime: true });
      return play(bench, later, () => {
        bench.price('M', { price: 110, ts: 1 });
        bench.tick(at('14T21:02'));
      });
    }

    /** The same ledger in a new book, as it was recorded, its marks not yet back; of the curve, the row before `later`. */
    function back(from: LedgerBench, later: (bench: LedgerBench) => void): LedgerBench {
      const bench = new LedgerBench({ eventsHaveTime: true });
      const effect = (sequence: number, index: number): RecordedEffect | null =>
        from.records.get(`${sequence}.${index}`) ?? null;
      const [row] = live(() => undefined).curve();
      assert.ok(row);
      bench.book.past.begin({ effect, late: () => [] }, new Map([['a', { ...row, time: row.timestamp }]]));
      play(bench, later, () => undefined);
      bench.book.past.end();
      return bench;
    }

    const day = (bench: LedgerBench): unknown => {
      const { day_open_equity: equity, day_net_flow: flow } = bench.inspect('a') ?? {};
      return { equity, flow };
    };

    it('opens the day of an event at what it found, not at cost', () => {
      const later = (bench: LedgerBench): void => {
        bench.apply('cash.a', { id: 'd2', type: 'deposit', amount: 7_000 }, 3, at('14T22:05'));
      };
      const first = live(later);
      assert.deepEqual(day(first), { equity: 110_000, flow: 7_000 });
      assert.deepEqual(day(back(first, later)), day(first));
    });

    it('opens a day that nobody saw begin as the account stood at its last tick, and tells of it', () => {
      const bench = back(
        live(() => undefined),
        () => undefined,
      );
      bench.price('M', { price: 120, ts: 2 });
      bench.mark();
      bench.book.past.quiet();
      assert.deepEqual(bench.tick(at('14T22:10')), ['a']);
      assert.deepEqual(day(bench), { equity: 110_000, flow: 0 });
      const { day_change: change, day_change_percent: percent } = bench.inspect('a') ?? {};
      assert.deepEqual({ change, percent }, { change: 10_000, percent: 9.0909 });
    });

    it('opens such a day at the marks that are back, where more had come than was told', () => {
      const later = (bench: LedgerBench): void => {
        bench.apply('cash.a', { id: 'd2', type: 'deposit', amount: 7_000 }, 3, at('14T21:03'));
      };
      const bench = back(live(later), later);
      bench.price('M', { price: 111, ts: 2 });
      bench.mark();
      bench.book.past.quiet();
      bench.tick(at('14T22:10'));
      assert.deepEqual(day(bench), { equity: 118_000, flow: 0 });
    });
  });
});
