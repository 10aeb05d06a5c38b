/**
 * A book that starts again, from its ledger and what was written down of it, goes on as one that never stopped: events
 * are taken as they were valued when they happened, not at today's prices.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Effect } from '../../src/domain/effect.ts';
import type { RecordedCurve, RecordedEffect } from '../../src/domain/recorded.ts';
import { histories, instruments } from '../support/history.ts';
import type { Step } from '../support/history.ts';
import { LedgerBench } from '../support/ledger-bench.ts';
import type { BenchOptions } from '../support/ledger-bench.ts';
import { assertSameFigures } from '../support/same-figures.ts';

const accounts = ['a', 'b'];
const startMs = Date.parse('2026-03-07T21:00:00Z');

/** A bench that writes down what the effect log and the frames of an engine would hold. */
class RecordingBench extends LedgerBench {
  private readonly effects = new Map<string, RecordedEffect>();
  private readonly lateEffects = new Map<string, RecordedEffect[]>();

  override applied(effect: Effect): void {
    super.applied(effect);
    this.effects.set(`${effect.sequence}.${effect.index}`, recordOf(effect));
  }

  override bookedLate(effect: Effect): void {
    super.bookedLate(effect);
    const at = `${effect.accountId}.${effect.sequence}`;
    this.lateEffects.set(at, [...(this.lateEffects.get(at) ?? []), recordOf(effect)]);
  }

  effect(sequence: number, index: number): RecordedEffect | null {
    return this.effects.get(`${sequence}.${index}`) ?? null;
  }

  late(account: string, sequence: number): readonly RecordedEffect[] {
    return this.lateEffects.get(`${account}.${sequence}`) ?? [];
  }

  curves(): ReadonlyMap<string, RecordedCurve> {
    const a = this.book.accounts;
    return new Map(
      this.curve().map((row) => [
        row.accountId,
        { ...row, time: row.timestamp, peakTime: a.peakTime[a.find(row.accountId)] ?? NaN },
      ]),
    );
  }
}

function recordOf(effect: Effect): RecordedEffect {
  const { event } = effect;
  return {
    ...effect,
    account: effect.accountId,
    bookings: [...effect.bookings],
    tick: NaN,
    late: event.kind === 'booked' ? event : null,
  };
}

/** What a history has come to so far, so that it can be gone on with. */
interface Clock {
  now: number;
  sequence: number;
}

function play(bench: LedgerBench, steps: readonly Step[], clock: Clock): void {
  for (const step of steps) {
    if (step.step === 'wait') clock.now += step.ms;
    else if (step.step === 'price') bench.price(step.symbol, step.message);
    else if (step.step === 'tick') bench.tick(++clock.now);
    else bench.apply(step.subject, step.message, ++clock.sequence, clock.now);
  }
}

/** The same steps without events: what a restart finds of the market. */
function market(steps: readonly Step[]): Step[] {
  return steps.filter((s) => s.step !== 'event');
}

function benchOf<T extends LedgerBench>(Bench: new (options: BenchOptions) => T, options: BenchOptions): T {
  const bench = new Bench(options);
  for (const [symbol, fields] of Object.entries(instruments)) bench.instrument(symbol, fields);
  return bench;
}

/** The ledger once more, each message at the time it had. */
function replay(bench: LedgerBench, steps: readonly Step[], clock: Clock): void {
  for (const step of steps) {
    if (step.step === 'wait') clock.now += step.ms;
    else if (step.step === 'tick') clock.now++;
    else if (step.step === 'event') bench.apply(step.subject, step.message, ++clock.sequence, clock.now);
  }
}

describe('a book that starts again', () => {
  it('goes on as one that never stopped', function () {
    this.timeout(60_000);
    const options = fc.record({
      base: fc.constantFrom('USD', 'EUR'),
      // A first fill's price would be offered again at the replay, to a market that has moved on.
      fromSettlements: fc.constant('never' as const),
      eventsHaveTime: fc.boolean(),
    });
    const head = histories({ accounts, maxLength: 30, hasVoids: true });
    // Came after the last tick: their effects are written down, no row of the curve has them.
    const rest = histories({ accounts, maxLength: 5, hasVoids: true }).map((steps) =>
      steps.filter((s) => s.step === 'event'),
    );
    const tail = histories({ accounts, maxLength: 20, hasVoids: true });
    fc.assert(
      fc.property(options, head, rest, tail, (bookOptions, before, afterTick, after) => {
        const first = benchOf(RecordingBench, bookOptions);
        const firstClock = { now: startMs, sequence: 0 };
        play(first, before, firstClock);
        const curves = first.curves();
        play(first, afterTick, firstClock);

        const second = benchOf(LedgerBench, bookOptions);
        play(second, market(before), { now: startMs, sequence: 0 });
        second.book.past.begin(first, curves);
        const secondClock = { now: startMs, sequence: 0 };
        replay(second, [...before, ...afterTick], secondClock);
        second.book.past.end();

        assert.deepEqual(secondClock, firstClock);
        compare(second, first, measuredAtTicks);
        play(first, after, firstClock);
        play(second, after, secondClock);
        compare(second, first, []);
      }),
      { numRuns: 1500 },
    );
  });
});

/** Until the first tick nobody has measured performance again, nor ended a session that changed nothing. */
const measuredAtTicks = [
  'nav',
  'drawdown',
  'day_open_equity',
  'day_net_flow',
  'day_change',
  'day_change_percent',
];

/**
 * An account that stands at its peak is seen there again
 * by the first tick after a start, so it is under water since later.
 */
function compare(actual: LedgerBench, expected: LedgerBench, beforeTick: readonly string[]): void {
  for (const id of accounts) {
    const [is, should] = [actual.inspect(id), expected.inspect(id)];
    if (is === null || should === null) assert.equal(is, should);
    else {
      const ignored = [...beforeTick, 'tick', 'timestamp', 'underwater_since'];
      const wanted = Object.fromEntries(Object.entries(should).filter(([name]) => !ignored.includes(name)));
      assertSameFigures(is, wanted, id);
    }
  }
}
