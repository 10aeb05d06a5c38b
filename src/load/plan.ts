/**
 * What a load test drives: which accounts hold what, which symbols move, which accounts are probes. Owns the names;
 * all of them carry the run's, so that a run against a system in use meets nothing of anybody else's.
 *
 * A probe is an account with one position in a symbol of its own, whose price is the time of its publication: its
 * equity says exactly which price it reflects, and when that was sent.
 */
import { Random } from '../random.ts';

export interface LoadOptions {
  /** Prices a second. */
  readonly rate: number;
  readonly accounts: number;
  /** Of each account. */
  readonly positions: number;
  readonly symbols: number;
  /** Settlements a second. */
  readonly settlements: number;
  readonly seconds: number;
  /** Seconds before that, which count for nothing but the accounts. */
  readonly warmup: number;
  readonly seed: number;
}

export interface LoadPlan extends LoadOptions {
  /** Distinguishes this run's names: capital letters and digits. */
  readonly run: string;
  readonly probes: number;
}

/** Settlements as columns, in the order in which they were published. */
export interface SettlementLog {
  readonly count: number;
  readonly account: Int32Array;
  readonly symbol: Int32Array;
  /** Signed, with `quantityScale` decimals. */
  readonly quantity: Float64Array;
  /** With `priceScale` decimals. */
  readonly price: Float64Array;
  readonly feeMinor: Int32Array;
  /** In LEDGER, as acknowledged. */
  readonly sequence: Float64Array;
}

/** What an instrument has that nobody described. */
export const quantityScale = 4;
export const priceScale = 4;

/** Prices of the symbols stay within, so that all of them have as many digits: 100.0000 to 999.9999. */
export const priceMin = 1_000_000;
export const priceMax = 9_999_999;

export const depositMinor = 100_000_000;

/** A probe holds 10: a thousandth more of the price is a cent more of equity. */
export const probeQuantity = 10;
/** A probe's price in thousandths is this plus the microseconds since the run's start: always nine digits. */
export const probeBase = 100_000_000;
export const probeMicrosMax = 899_000_000;

/** All accounts: those asked for, then the probes. Likewise the symbols. */
export function accountCount(plan: LoadPlan): number {
  return plan.accounts + plan.probes;
}

export function symbolCount(plan: LoadPlan): number {
  return plan.symbols + plan.probes;
}

export function accountName(plan: LoadPlan, account: number): string {
  return account < plan.accounts
    ? `load-${plan.run}-${account + 1}`
    : `load-${plan.run}-probe-${account - plan.accounts + 1}`;
}

export function symbolName(plan: LoadPlan, symbol: number): string {
  return symbol < plan.symbols ? `L${plan.run}-${symbol + 1}` : `P${plan.run}-${symbol - plan.symbols + 1}`;
}

/** The symbols that an account holds from the start; the same for every process of a run. */
export function holdingsOf(plan: LoadPlan, account: number): number[] {
  if (account >= plan.accounts) return [plan.symbols + account - plan.accounts];
  const random = new Random(plan.seed, account + 1);
  const symbols = Array.from({ length: plan.symbols }, (_, i) => i);
  for (let i = 0; i < plan.positions; i++) {
    const other = random.integer(i, plan.symbols - 1);
    [symbols[i], symbols[other]] = [symbols[other] ?? 0, symbols[i] ?? 0];
  }
  return symbols.slice(0, plan.positions);
}

/** The price of each symbol before the first one that moves. */
export function firstPrices(plan: LoadPlan): Float64Array {
  const random = new Random(plan.seed, 0);
  return Float64Array.from({ length: plan.symbols }, () => random.integer(priceMin, priceMax));
}
