import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  midpoint,
  PriceConflater,
  type ConflaterOptions,
} from '../../../streams/operators/conflate-prices.ts';
import { ManualClock } from '../support/manual-clock.ts';

const defaults: ConflaterOptions = {
  mark: 'mid',
  fromSettlements: 'unpriced',
  maxFutureMs: 5_000,
  maxMovePercent: 0,
  confirmTicks: 3,
};

function conflater(options: Partial<ConflaterOptions> = {}): {
  prices: PriceConflater;
  clock: ManualClock;
  held: string[];
  taken: () => number[][];
} {
  const clock = new ManualClock(1_000_000);
  const held: string[] = [];
  const prices = new PriceConflater({ ...defaults, ...options }, clock, (symbol, from, to, isHeld) =>
    held.push(`${symbol} ${from}->${to} ${isHeld ? 'held' : 'released'}`),
  );
  /** [symbol, mid, bid, ask, time] each. */
  const taken = (): number[][] => {
    const { count, symbols, mids, bids, asks, times } = prices.take();
    return Array.from({ length: count }, (_, i) => [symbols[i]!, mids[i]!, bids[i]!, asks[i]!, times[i]!]);
  };
  return { prices, clock, held, taken };
}

describe('prices until the tick', () => {
  it('come to the last one of each symbol, once', () => {
    const { prices, taken } = conflater();
    prices.offer(3, 100, 10);
    prices.offer(1, 7, 10);
    prices.offer(3, 101, 11);
    assert.deepEqual(taken(), [
      [3, 101, 101, 101, 11],
      [1, 7, 7, 7, 10],
    ]);
    assert.deepEqual(taken(), []);
    prices.offer(3, 102, 12);
    assert.deepEqual(taken(), [[3, 102, 102, 102, 12]]);
  });

  it('are marked at the mid of a quote, half to even', () => {
    const { prices, taken } = conflater();
    prices.offerQuote(0, 1, 2, 1);
    prices.offerQuote(1, 3, 4, 1);
    prices.offerQuote(2, -2, -1, 1);
    assert.deepEqual(
      taken().map(([, mid]) => mid),
      [2, 4, -2],
    );
    assert.equal(midpoint(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1), Number.MAX_SAFE_INTEGER - 1);
  });

  it('keep both sides for marks at the exit, and leave quotes out where the last trade marks', () => {
    const exit = conflater({ mark: 'exit' });
    exit.prices.offerQuote(0, 10, 13, 1);
    assert.deepEqual(exit.taken(), [[0, 12, 10, 13, 1]]);
    const last = conflater({ mark: 'last' });
    assert.equal(last.prices.offerQuote(0, 10, 13, 1), false);
    assert.equal(last.prices.offerQuote(0, 10, 10, 1), false);
    assert.equal(last.prices.offer(0, 11, 1), true);
    assert.deepEqual(last.taken(), [[0, 11, 11, 11, 1]]);
    assert.equal(last.prices.counts.ignored, 2);
  });

  it('ignore and count what is older, take what is of the same time', () => {
    const { prices, taken } = conflater();
    assert.equal(prices.offer(0, 100, 20), true);
    assert.equal(prices.offer(0, 99, 19), false);
    assert.deepEqual(taken(), [[0, 100, 100, 100, 20]]);
    assert.equal(prices.offer(0, 98, 19), false);
    assert.equal(prices.offer(0, 101, 20), true);
    assert.deepEqual(taken(), [[0, 101, 101, 101, 20]]);
    assert.equal(prices.counts.ignored, 2);
    assert.equal(prices.counts.received, 4);
  });

  it('are as of now without a time, or with one too far ahead: one bad clock blocks no symbol', () => {
    const { prices, clock, taken } = conflater();
    prices.offer(0, 1, NaN);
    prices.offer(1, 1, clock.now() + 5_000);
    prices.offer(2, 1, clock.now() + 5_001);
    assert.deepEqual(
      taken().map((each) => each[4]),
      [1_000_000, 1_005_000, 1_000_000],
    );
    assert.equal(prices.counts.future, 1);
    clock.advance(10);
    assert.equal(prices.offer(2, 2, clock.now()), true);
    taken();
    clock.advance(-3_600_000);
    prices.offer(3, 1, 1_000_000);
    assert.equal(taken().find(([symbol]) => symbol === 3)![4], clock.now());
  });

  it('take a settlement’s price only while the symbol has none, and any market price over it', () => {
    const { prices, taken } = conflater();
    assert.equal(prices.offerFromSettlement(0, 50, 1_000), true);
    assert.equal(prices.known(0), true);
    assert.equal(prices.offerFromSettlement(0, 51, 2_000), false);
    assert.deepEqual(taken(), [[0, 50, 50, 50, -Infinity]]);
    assert.equal(prices.offer(0, 100, 1), true);
    assert.deepEqual(taken(), [[0, 100, 100, 100, 1]]);
    assert.equal(prices.offerFromSettlement(0, 51, 2_000), false);
    assert.equal(prices.known(1), false);
    assert.equal(prices.known(1_000_000), false);
  });

  it('take settlements’ prices always or never where that is the policy', () => {
    const always = conflater({ fromSettlements: 'always' });
    always.prices.offer(0, 100, 500);
    assert.equal(always.prices.offerFromSettlement(0, 50, 400), false);
    assert.equal(always.prices.offerFromSettlement(0, 50, 600), true);
    assert.deepEqual(always.taken(), [[0, 50, 50, 50, 600]]);
    assert.equal(conflater({ fromSettlements: 'never' }).prices.offerFromSettlement(0, 50, 1), false);
  });

  it('are restored as older than anything', () => {
    const { prices, taken } = conflater();
    prices.offerRestored(0, 11, 10, 12, -Infinity);
    assert.deepEqual(taken(), [[0, 11, 10, 12, -Infinity]]);
    assert.equal(prices.offer(0, 20, 0), true);
  });

  it('are written anew at another scale', () => {
    const { prices, taken } = conflater();
    prices.offerQuote(0, 12_345, 12_347, 1);
    prices.rescale(0, 4, 2);
    assert.deepEqual(taken(), [[0, 123, 123, 123, 1]]);
    prices.offer(0, 125, 2);
    prices.rescale(0, 2, 1);
    prices.rescale(0, 1, 4);
    assert.deepEqual(taken(), [[0, 12_000, 12_000, 12_000, 2]]);
    prices.offer(0, Number.MAX_SAFE_INTEGER, 3);
    prices.rescale(0, 4, 5);
    assert.deepEqual(taken(), []);
    assert.equal(prices.known(0), false);
    prices.rescale(77, 4, 5);
  });

  it('that were taken stay whole while the next ones come in', () => {
    const { prices } = conflater();
    for (let symbol = 0; symbol < 5_000; symbol++) prices.offer(symbol, symbol, 1);
    const first = prices.take();
    for (let symbol = 0; symbol < 5_000; symbol++) prices.offer(symbol, 0 - symbol, 2);
    const second = prices.take();
    assert.equal(first.count, 5_000);
    for (let i = 0; i < 5_000; i++) {
      assert.equal(first.mids[i], first.symbols[i]);
      assert.equal(second.mids[i], 0 - second.symbols[i]!);
    }
  });

  it('are what a map of last prices would hold, whatever comes', () => {
    const offer = fc.record({
      symbol: fc.nat(2_000),
      price: fc.integer(),
      time: fc.nat(50),
      tick: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(offer, { maxLength: 200 }), (offers) => {
        const { prices, taken } = conflater();
        const last = new Map<number, number[]>();
        const times = new Map<number, number>();
        for (const { symbol, price, time, tick } of offers) {
          const isTaken = prices.offer(symbol, price, time);
          assert.equal(isTaken, time >= (times.get(symbol) ?? -1));
          if (isTaken) {
            times.set(symbol, time);
            last.set(symbol, [symbol, price, price, price, time]);
          }
          if (tick > 0) continue;
          assert.deepEqual(taken(), [...last.values()]);
          last.clear();
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the guard', () => {
  const guarded = { maxMovePercent: 10, confirmTicks: 3 };

  it('holds a wild price back until enough ticks agree, and says so', () => {
    const { prices, held, taken } = conflater(guarded);
    prices.offer(0, 1_000, 1);
    assert.equal(taken().length, 1);
    prices.offer(0, 2_000, 2);
    assert.deepEqual(taken(), []);
    prices.offer(0, 2_010, 3);
    assert.deepEqual(taken(), []);
    assert.deepEqual(held, ['0 1000->2000 held']);
    prices.offer(0, 2_020, 4);
    assert.deepEqual(taken(), [[0, 2_020, 2_020, 2_020, 4]]);
    assert.deepEqual(held, ['0 1000->2000 held', '0 1000->2020 released']);
    assert.equal(prices.counts.held, 2);
  });

  it('forgets it when the market comes back', () => {
    const { prices, held, taken } = conflater(guarded);
    prices.offer(0, 1_000, 1);
    taken();
    prices.offer(0, 2_000, 2);
    taken();
    prices.offer(0, 1_010, 3);
    assert.deepEqual(taken(), [[0, 1_010, 1_010, 1_010, 3]]);
    assert.deepEqual(held, ['0 1000->2000 held', '0 1000->1010 released']);
    prices.offer(0, 2_000, 4);
    assert.deepEqual(taken(), []);
  });

  it('begins to count anew where ticks disagree', () => {
    const { prices, taken } = conflater(guarded);
    prices.offer(0, 1_000, 1);
    taken();
    for (const [time, price] of [2_000, 4_000, 2_000, 2_000].entries()) {
      prices.offer(0, price, time + 2);
      assert.deepEqual(taken(), []);
    }
    prices.offer(0, 2_000, 9);
    assert.equal(taken().length, 1);
  });

  it('lets through what moves by no more, also below zero', () => {
    const { prices, taken } = conflater(guarded);
    for (const [time, price] of [-1_000, -1_100, -990, -900].entries()) {
      prices.offer(0, price, time);
      assert.equal(taken().length, 1, String(price));
    }
    prices.offer(0, 900, 9);
    assert.equal(taken().length, 0);
  });
});
