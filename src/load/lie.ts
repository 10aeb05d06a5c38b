/**
 * What the oracle can be told wrongly, so that one sees a load test fail: a settlement that was never sent, one that
 * counts twice, a price that is a ten-thousandth off.
 */
import type { Facts } from './oracle.ts';
import type { SettlementLog } from './plan.ts';

export const lies = ['lost', 'doubled', 'price'] as const;
export type Lie = (typeof lies)[number];

export function tellLie(lie: Lie | null, facts: Facts): Facts {
  switch (lie) {
    case null:
      return facts;
    case 'lost':
      // One that was not sent is lost, as far as the oracle can see: the last one counts twice.
      return { ...facts, settlements: repeatedLast(facts.settlements) };
    case 'doubled':
      return { ...facts, settlements: { ...facts.settlements, count: facts.settlements.count - 1 } };
    case 'price':
      return { ...facts, prices: facts.prices.map((price, symbol) => (symbol === 0 ? price + 1 : price)) };
  }
}

function repeatedLast(log: SettlementLog): SettlementLog {
  const { count } = log;
  return {
    count: count + 1,
    account: lastTwice(log.account, count),
    symbol: lastTwice(log.symbol, count),
    quantity: lastTwice(log.quantity, count),
    price: lastTwice(log.price, count),
    feeMinor: lastTwice(log.feeMinor, count),
    sequence: lastTwice(log.sequence, count),
  };
}

function lastTwice<T extends Int32Array | Float64Array>(column: T, count: number): T {
  const longer = column instanceof Int32Array ? new Int32Array(count + 1) : new Float64Array(count + 1);
  longer.set(column.subarray(0, count));
  longer[count] = column[count - 1] ?? 0;
  return longer as T;
}
