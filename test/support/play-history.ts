/**
 * One history, told step by step to a bench and to the oracle, both new. Owns the order, the times and the sequences;
 * what the two must agree on is whoever plays it to say.
 */
import type { Step } from './history.ts';
import { instruments } from './history.ts';
import type { BenchOptions } from './ledger-bench.ts';
import { LedgerBench } from './ledger-bench.ts';
import type { OracleVerdict } from './oracle.ts';
import { NaiveOracle } from './oracle.ts';

export interface Both {
  readonly bench: LedgerBench;
  readonly oracle: NaiveOracle;
}

export interface Agreement {
  event?(both: Both, verdicts: { readonly bench: OracleVerdict; readonly oracle: OracleVerdict }): void;
  /** Accounts that emit, each side in its own order. */
  tick?(both: Both, emitting: { readonly bench: string[]; readonly oracle: string[] }): void;
}

/** A bench that knows the instruments of histories. */
export function benchOf(options: BenchOptions): LedgerBench {
  const bench = new LedgerBench(options);
  for (const [symbol, fields] of Object.entries(instruments)) bench.instrument(symbol, fields);
  return bench;
}

export function playHistory(
  steps: readonly Step[],
  options: BenchOptions,
  startMs: number,
  agreement: Agreement,
): void {
  const both = { bench: benchOf(options), oracle: new NaiveOracle(options) };
  const { bench, oracle } = both;
  for (const [symbol, fields] of Object.entries(instruments)) oracle.instrument(symbol, fields);
  let now = startMs;
  let sequence = 0;
  for (const step of steps) {
    switch (step.step) {
      case 'wait':
        now += step.ms;
        break;
      case 'price':
        bench.price(step.symbol, step.message);
        oracle.price(step.symbol, step.message);
        break;
      case 'event': {
        const { subject, message } = step;
        const time = options.eventsHaveTime === true ? now : undefined;
        const verdicts = {
          bench: bench.apply(subject, message, ++sequence, now),
          oracle: oracle.apply(subject, message, sequence, time, now),
        };
        agreement.event?.(both, verdicts);
        break;
      }
      case 'tick': {
        const emitting = { bench: bench.tick(++now), oracle: oracle.tick(now) };
        agreement.tick?.(both, emitting);
      }
    }
  }
}
