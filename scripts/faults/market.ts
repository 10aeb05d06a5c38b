/**
 * What the accounts of a fault test trade, beyond the plan of a load test: instruments in three currencies, spot and
 * margined, accounts in two base currencies. Exchange rates stand still, so that what was booked at which of them
 * never depends on when an event was applied; part `revalue` moves them.
 */
import { accountName, symbolName, type LoadPlan } from '../../src/load/plan.ts';
import type { OracleInstrument } from '../../test/support/oracle/market.ts';

export const currencies = ['USD', 'EUR', 'JPY'] as const;

export const rates = { EURUSD: '1.08237', USDJPY: '151.307' } as const;

type Described = Partial<Pick<OracleInstrument, 'currency' | 'style' | 'multiplier'>>;

/** Every third symbol is in EUR, every fifth in JPY, every seventh margined. */
export function instrumentOf(symbol: number): Described {
  return {
    ...(symbol % 3 === 1 ? { currency: 'EUR' } : symbol % 5 === 2 ? { currency: 'JPY' } : {}),
    ...(symbol % 7 === 3 ? { style: 'margined', multiplier: 10 } : {}),
  };
}

/** By name, as in the configuration. */
export function instrumentsOf(plan: LoadPlan): Readonly<Record<string, Described>> {
  return Object.fromEntries(
    Array.from({ length: plan.symbols }, (_, symbol) => [symbolName(plan, symbol), instrumentOf(symbol)]),
  );
}

/** Every fourth account is kept in EUR. */
export function baseOf(account: number): 'USD' | 'EUR' {
  return account % 4 === 3 ? 'EUR' : 'USD';
}

/** The account of a name; NaN where it is none of the plan. */
export function accountOf(plan: LoadPlan, name: string): number {
  const account = Number(name.slice(`load-${plan.run}-`.length)) - 1;
  return accountName(plan, account) === name ? account : NaN;
}
