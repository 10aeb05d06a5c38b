/** A random history through the real engine and through an oracle: verdicts, emissions and figures must be the same. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { histories } from './history.ts';
import type { Step } from './history.ts';
import type { PriceMessage } from './oracle/market.ts';
import type { RealEngine } from './real-engine.ts';
import { assertSameFigures } from './same-figures.ts';

/** What the history is held to. */
export interface Reference {
  price(symbol: string, message: PriceMessage): unknown;
  apply(subject: string, message: object, sequence: number): object;
  tick(timeMs: number): readonly string[];
  inspect(account: string): object | null;
}

/** One history out of a seed, at least `events` ledger messages long. */
export function historyOf(accounts: readonly string[], events: number, seed: number): Step[] {
  const isEnough = (steps: readonly Step[]): boolean =>
    steps.filter((s) => s.step === 'event').length >= events;
  const length = Math.ceil(events * 2.2);
  const [steps = []] = fc.sample(histories({ accounts, minLength: length, maxLength: length }), {
    seed,
    numRuns: 1,
  });
  assert.ok(isEnough(steps), 'the history is too short');
  return steps;
}

export interface Tally {
  applied: number;
  duplicates: number;
  readonly rejected: Record<string, number>;
}

/** Plays the steps; compares every account's figures every `compareEvery` ticks and at the end. */
export async function playBoth(
  engine: RealEngine,
  reference: Reference,
  accounts: readonly string[],
  steps: readonly Step[],
  compareEvery: number,
): Promise<Tally> {
  const tally: Tally = { applied: 0, duplicates: 0, rejected: {} };
  const expected: string[] = [];
  let now = Date.parse('2026-03-06T12:00:00Z');
  let ticks = 0;
  const compare = async (): Promise<void> => {
    for (const account of accounts) {
      const [figures, wanted] = [await engine.inspect(account), reference.inspect(account)];
      if (figures === null || wanted === null) assert.equal(figures, wanted, account);
      else assertSameFigures(figures, wanted, account);
    }
  };
  for (const step of steps) {
    if (step.step === 'wait') now += step.ms;
    else if (step.step === 'price') {
      engine.price(step.symbol, step.message);
      reference.price(step.symbol, step.message);
    } else if (step.step === 'event') {
      const sequence = await engine.settle(step.subject, step.message);
      count(tally, reference.apply(step.subject, step.message, sequence));
    } else {
      const tick = await engine.tick(++now);
      expected.push(...[...reference.tick(now)].sort().map((account) => `${tick} ${account}`));
      if (++ticks % compareEvery === 0) await compare();
    }
  }
  await compare();
  const emitted = (await engine.allEmissions()).map((e) => ({
    at: `${e.tick} ${e.account_id}`,
    tick: e.tick,
  }));
  emitted.sort((a, b) => a.tick - b.tick || (a.at < b.at ? -1 : 1));
  assert.deepEqual(
    emitted.map((e) => e.at),
    expected,
    'one emission an account and tick, none for an unchanged one',
  );
  return tally;
}

function count(tally: Tally, verdict: object): void {
  if ('rejected' in verdict) {
    const reason = String(verdict.rejected);
    tally.rejected[reason] = (tally.rejected[reason] ?? 0) + 1;
  } else if ('duplicate' in verdict) tally.duplicates++;
  else tally.applied++;
}

/** The engine's own counters are those of the tally. */
export async function assertCounted(engine: RealEngine, tally: Tally): Promise<void> {
  const stats = await engine.stats();
  assert.deepEqual(stats['rejected'], tally.rejected);
  assert.equal(stats['duplicates'], tally.duplicates);
}
