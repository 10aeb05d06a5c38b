/** What a part of the fault tests is given, and what it answers. */
import type { Difference } from '../../src/load/compare.ts';

export interface FaultOptions {
  /** A second, over all accounts. */
  readonly settlements: number;
  readonly prices: number;
  readonly accounts: number;
  /** Of load, at least; it goes on for as long as faults do. */
  readonly seconds: number;
  readonly awaySeconds: number;
  readonly scenarios: number;
  readonly messages: number;
  readonly kills: number;
  readonly seed: number;
  /** Whether what must take at most so long fails when it takes longer; a test of a busy machine cannot say. */
  readonly judgesTime: boolean;
}

/** A line of the table. null: the part does not count that. */
export interface FaultRow {
  readonly fault: string;
  readonly times: number;
  readonly recoveryMs: readonly number[];
  readonly lost: number | null;
  readonly doubled: number | null;
  readonly differing: number | null;
}

export interface FaultReport {
  readonly rows: readonly FaultRow[];
  /** Figures of the run, as sentences. */
  readonly notes: readonly string[];
  /** What is not as it must be, as sentences; none: passed. */
  readonly failures: readonly string[];
}

export interface FaultPart {
  readonly name: string;
  readonly what: string;
  run(options: FaultOptions, told: (text: string) => void): Promise<FaultReport>;
}

export const fullForm: FaultOptions = {
  settlements: 20_000,
  prices: 50_000,
  accounts: 200,
  seconds: 60,
  awaySeconds: 300,
  scenarios: 50,
  messages: 100_000,
  kills: 20,
  seed: 0,
  judgesTime: true,
};

const differencesShown = 20;

export function differenceTexts(differences: readonly Difference[]): string[] {
  const shown = differences.slice(0, differencesShown).map(({ account, where, figure, expected, found }) => {
    return `${account} ${where}: ${figure} is ${found}, not ${expected}`;
  });
  const more = differences.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more differences`] : shown;
}
