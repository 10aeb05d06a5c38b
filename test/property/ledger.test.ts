/**
 * Properties of the book over random histories: the identity, the oracle, and what must make no difference. 10,000 runs
 * in all. A failure prints its seed and the shortest history that fails.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { histories } from '../support/history.ts';
import type { Step } from '../support/history.ts';
import type { BenchOptions, LedgerBench } from '../support/ledger-bench.ts';
import { benchOf, playHistory } from '../support/play-history.ts';
import { assertSameFigures } from '../support/same-figures.ts';

const accounts = ['a', 'b', 'c'];
/** 16:00 in New York on the last day before its clocks go forward. */
const startMs = Date.parse('2026-03-07T21:00:00Z');

const benchOptions: fc.Arbitrary<BenchOptions> = fc.record({
  base: fc.constantFrom('USD', 'USD', 'EUR', 'JPY'),
  mark: fc.constantFrom('mid', 'mid', 'exit', 'last'),
  fromSettlements: fc.constantFrom('unpriced', 'unpriced', 'never'),
  autoOpen: fc.constantFrom(true, true, true, false),
  dust: fc.constantFrom(100n, 100n, 5000n),
  eventsHaveTime: fc.boolean(),
});

/** Plays a history; `event` may stand in for how a message is handed over. */
function play(bench: LedgerBench, steps: readonly Step[]): string[][] {
  let now = startMs;
  let sequence = 0;
  const emissions: string[][] = [];
  for (const step of steps) {
    if (step.step === 'wait') now += step.ms;
    else if (step.step === 'price') bench.price(step.symbol, step.message);
    else if (step.step === 'tick') emissions.push(bench.tick(++now));
    else if (Array.isArray(step.message))
      bench.applyText(step.subject, JSON.stringify(step.message), ++sequence, now);
    else bench.apply(step.subject, step.message, ++sequence, now);
  }
  return emissions;
}

/** Everything there is to see, but how far the ledger was read. */
function seen(bench: LedgerBench): unknown {
  return accounts.map((id) => {
    const view = bench.inspect(id);
    return view === null ? null : { ...view, sequence: 0, tick: 0 };
  });
}

function assertIdentity(bench: LedgerBench): void {
  for (const id of accounts) {
    for (const [currency, residual] of Object.entries(bench.identity(id))) {
      assert.equal(residual, 0n, `${id} in ${currency}`);
    }
  }
}

/** A quote that widens moves no mid, and with `mark: exit` the mark of one side only. */
function quoteOfTheSameMid(mark: 'mid' | 'exit'): [BenchOptions, Step[]] {
  const quote = (bid: string, ask: string, ts: number): Step => {
    return { step: 'price', symbol: 'SAP', message: { bid, ask, ts } };
  };
  const fill = (account: string, side: string): Step => {
    const message = { id: 'i1', symbol: 'SAP', side, quantity: '1', price: '0.00' };
    return { step: 'event', subject: `settlements.${account}`, message };
  };
  const tick: Step = { step: 'tick' };
  const steps = [quote('89.89', '90.14', 1), fill('a', 'buy'), fill('b', 'sell'), tick];
  return [{ mark }, [...steps, quote('89.87', '90.16', 2), tick, quote('89.87', '90.17', 3), tick]];
}

describe('the book, over random histories', () => {
  it('keeps the identity after every event, and says at every tick what the oracle says', function () {
    this.timeout(180_000);
    fc.assert(
      fc.property(benchOptions, histories({ accounts, maxLength: 40 }), (options, steps) => {
        playHistory(steps, options, startMs, {
          event({ bench }, verdicts) {
            assert.deepEqual(verdicts.bench, verdicts.oracle);
            assertIdentity(bench);
          },
          tick({ bench, oracle }, emitting) {
            assert.deepEqual(emitting.bench, emitting.oracle.sort());
            for (const id of accounts) {
              const expected = oracle.inspect(id);
              const actual = bench.inspect(id);
              if (expected === null || actual === null) assert.equal(actual, expected);
              else assertSameFigures(actual, expected);
              // What is written down of every event adds up to the account's figures.
              assertSameFigures(actual ?? {}, bench.effectSums.get(id) ?? {}, `effects of ${id}:`);
            }
          },
        });
      }),
      { numRuns: 8500, examples: [quoteOfTheSameMid('mid'), quoteOfTheSameMid('exit')] },
    );
  });

  it('keeps its totals equal to the sum of its rows up to the ends of the safe integers', function () {
    this.timeout(60_000);
    const history = histories({ accounts, maxLength: 40, hasExtremes: true });
    fc.assert(
      fc.property(benchOptions, history, (options, steps) => {
        const bench = benchOf(options);
        const check = (): void => {
          assertIdentity(bench);
          for (const id of accounts.filter((each) => bench.book.accounts.find(each) >= 0)) {
            for (const { name, kept, summed } of bench.totals(id)) {
              assert.ok(Number.isSafeInteger(kept), `${id} ${name}: ${kept}`);
              assert.equal(BigInt(kept), summed, `${id} ${name}`);
            }
          }
        };
        steps.forEach((step, i) => {
          if (step.step === 'price') bench.price(step.symbol, step.message);
          if (step.step === 'event') bench.apply(step.subject, step.message, i + 1, startMs);
          if (step.step === 'tick') bench.tick(startMs + i);
          check();
        });
      }),
      { numRuns: 1500 },
    );
  });

  it('comes to the same however the events of an account are put into messages', function () {
    this.timeout(60_000);
    const cuts = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(benchOptions, histories({ accounts, maxLength: 40 }), cuts, (options, steps, isJoined) => {
        const single = benchOf(options);
        const joined = benchOf(options);
        assert.deepEqual(play(single, steps), play(joined, joinEvents(steps, isJoined)));
        assert.deepEqual(seen(joined), seen(single));
      }),
      { numRuns: 800 },
    );
  });

  it('comes to the same with other prices before the last one of a tick', function () {
    this.timeout(60_000);
    const extras = fc.array(fc.integer({ min: -500, max: 20_000 }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(benchOptions, histories({ accounts, maxLength: 40 }), extras, (options, steps, prices) => {
        // A quote changes nothing where only last prices mark, so it does not hide what came before it.
        const replaced = steps.flatMap((step, i): Step[] => {
          if (step.step !== 'price' || (options.mark === 'last' && step.message.price === undefined))
            return [step];
          const { ts = 0 } = step.message;
          return [{ ...step, message: { price: ((prices[i] ?? 0) / 100).toFixed(2), ts } }, step];
        });
        const plain = benchOf(options);
        const crowded = benchOf(options);
        assert.deepEqual(play(plain, steps), play(crowded, replaced));
        assert.deepEqual(seen(crowded), seen(plain));
      }),
      { numRuns: 800 },
    );
  });

  it('comes to the same whichever of two accounts is settled first between two ticks', function () {
    this.timeout(60_000);
    const lanes = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(benchOptions, histories({ accounts, maxLength: 60 }), lanes, (options, steps, order) => {
        // A first fill may mark its symbol for everybody: then the order of accounts is not indifferent.
        const independent = { ...options, fromSettlements: 'never' } as const;
        const one = benchOf(independent);
        const other = benchOf(independent);
        assert.deepEqual(play(one, steps), play(other, interleave(steps, order)));
        assert.deepEqual(seen(other), seen(one));
      }),
      { numRuns: 800 },
    );
  });

  it('counts what is sent again once, and emits nothing for it', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(benchOptions, histories({ accounts, maxLength: 40 }), (options, steps) => {
        const bench = benchOf(options);
        const applied: Extract<Step, { step: 'event' }>[] = [];
        let sequence = 0;
        let now = startMs;
        for (const step of steps) {
          if (step.step === 'wait') now += step.ms;
          else if (step.step === 'price') bench.price(step.symbol, step.message);
          else if (step.step === 'tick') bench.tick(++now);
          else if ('applied' in bench.apply(step.subject, step.message, ++sequence, now)) applied.push(step);
        }
        const before = seen(bench);
        const sentAgain = applied.filter((step) => 'id' in step.message);
        for (const { subject, message } of sentAgain) {
          // The base currency an amount without a currency is in may have been chosen after a first, empty opening.
          assert.ok(!('applied' in bench.apply(subject, message, ++sequence, now)));
          // The same sequence again: the ledger delivered it twice.
          assert.deepEqual(bench.applyText(subject, JSON.stringify(message), sequence, now), []);
        }
        assert.deepEqual(bench.tick(now), []);
        assert.deepEqual(seen(bench), before);
      }),
      { numRuns: 600 },
    );
  });
});

/** Neighbours of one subject become one message where `isJoined` says so. */
function joinEvents(steps: readonly Step[], isJoined: readonly boolean[]): Step[] {
  const out: Step[] = [];
  steps.forEach((step, i) => {
    const last = out.at(-1);
    if (
      step.step === 'event' &&
      last?.step === 'event' &&
      last.subject === step.subject &&
      isJoined[i] === true
    ) {
      const before: unknown[] = Array.isArray(last.message) ? last.message : [last.message];
      out[out.length - 1] = { ...last, message: [...before, step.message] as never };
    } else out.push(step);
  });
  return out;
}

/** Between ticks, takes the next step of the lane that `order` names: events of an account keep their order. */
function interleave(steps: readonly Step[], order: readonly number[]): Step[] {
  const out: Step[] = [];
  let lanes: Step[][] = [[], [], []];
  let turn = 0;
  const flush = (): void => {
    while (lanes.some((lane) => lane.length > 0)) {
      const wanted = order[turn++ % order.length] ?? 0;
      const lane = [lanes[wanted] ?? [], ...lanes].find((l) => l.length > 0) ?? [];
      out.push(...lane.splice(0, 1));
    }
    lanes = [[], [], []];
  };
  for (const step of steps) {
    if (step.step === 'event') lanes[accounts.indexOf(step.subject.split('.')[1] ?? '')]?.push(step);
    else if (step.step === 'price') out.push(step);
    else {
      flush();
      out.push(step);
    }
  }
  flush();
  return out;
}
