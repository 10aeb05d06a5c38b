import assert from 'node:assert/strict';
import { map, merge, tap, ignoreElements } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { TickMessage } from '../../../src/ports.ts';
import { PriceConflater } from '../../../streams/operators/conflate-prices.ts';
import { conflateUntilTick, type TickWithPrices } from '../../../streams/operators/conflate-until-tick.ts';
import { ManualClock } from '../support/manual-clock.ts';

const options = {
  mark: 'mid',
  fromSettlements: 'unpriced',
  maxFutureMs: 5_000,
  maxMovePercent: 0,
  confirmTicks: 3,
} as const;

/** A price of symbol 0 or 1 by its letter: a, b, c of symbol 0, x, y of symbol 1. */
const prices: Readonly<Record<string, readonly [number, number]>> = {
  a: [0, 100],
  b: [0, 101],
  c: [0, 102],
  x: [1, 7],
  y: [1, 8],
};

const tick = (n: number): TickMessage => ({ tick: n, time: n * 10 });

/** "1: 0=101 1=7" */
function shown({ tick: n, changes }: TickWithPrices): string {
  const parts = Array.from({ length: changes.count }, (_, i) => ` ${changes.symbols[i]}=${changes.mids[i]}`);
  return `${n}:${parts.join('')}`;
}

describe('conflateUntilTick', () => {
  function run(check: (scheduler: TestScheduler) => void): void {
    const scheduler = new TestScheduler((actual, expected) => {
      assert.deepEqual(actual, expected);
    });
    scheduler.run(() => check(scheduler));
  }

  function holds(incoming: string, ticking: string, expected: string, values: Record<string, string>): void {
    run((scheduler) => {
      const conflater = new PriceConflater(options, new ManualClock());
      let time = 0;
      const offered = scheduler.createHotObservable(incoming).pipe(
        tap((letter) => {
          const [symbol, price] = prices[letter]!;
          conflater.offer(symbol, price, time++);
        }),
        ignoreElements(),
      );
      const ticks = scheduler.createHotObservable(ticking).pipe(
        map((n) => tick(Number(n))),
        conflateUntilTick(conflater),
        map(shown),
      );
      scheduler.expectObservable(merge(offered, ticks)).toBe(expected, values);
    });
  }

  it('gives each tick the last price of each symbol since the one before', () => {
    holds('-ab-x---c-y-', '---1--2----3', '---1--2----3', {
      '1': '1: 0=101',
      '2': '2: 1=7',
      '3': '3: 0=102 1=8',
    });
  });

  it('gives a tick also where nothing moved', () => {
    holds('--a-----', '-1-2-3--', '-1-2-3--', { '1': '1:', '2': '2: 0=100', '3': '3:' });
  });

  it('says nothing without a tick, and ends with the ticks', () => {
    holds('abc', '---', '---', {});
    holds('a--|', '-1-|', '-1-|', { '1': '1: 0=100' });
  });

  it('puts a price that comes with a tick before it', () => {
    holds('--a-', '--1-', '--1-', { '1': '1: 0=100' });
  });
});
