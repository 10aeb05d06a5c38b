/**
 * What the accounts of a load test must come to, computed from what was published alone: naive, exact, in BigInt, from
 * the rules of the accounting and not from the code that is tested. Average cost, spot instruments in one currency.
 */
import {
  accountCount,
  accountName,
  depositMinor,
  priceScale,
  probeBase,
  quantityScale,
  symbolName,
} from './plan.ts';
import type { LoadPlan, SettlementLog } from './plan.ts';

export interface ExpectedPosition {
  readonly symbol: string;
  /** With `quantityScale` decimals. */
  readonly quantity: bigint;
  readonly price: bigint;
  readonly cost: bigint;
  readonly marketValue: bigint;
  readonly realized: bigint;
  readonly fees: bigint;
}

/** Money in minor units. */
export interface ExpectedAccount {
  readonly account: string;
  /** In LEDGER, of its last event. */
  readonly sequence: number;
  readonly settlements: number;
  readonly totalEquity: bigint;
  readonly cash: bigint;
  readonly positionValue: bigint;
  readonly unrealized: bigint;
  readonly realized: bigint;
  readonly fees: bigint;
  readonly netFlow: bigint;
  readonly positions: readonly ExpectedPosition[];
}

export interface Facts {
  readonly plan: LoadPlan;
  readonly settlements: SettlementLog;
  /** Last prices of the symbols that are no probes, and of the probes their last publication. */
  readonly prices: Float64Array;
  readonly probeMicros: Float64Array;
  readonly lastSequence: Float64Array;
}

interface Fill {
  readonly symbol: number;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly fee: bigint;
  readonly sequence: number;
}

interface Position {
  quantity: bigint;
  cost: bigint;
  realized: bigint;
  fees: bigint;
}

const minorPerUnit = 100n;
const valueScale = 10n ** BigInt(priceScale + quantityScale);
/** A probe's price is in thousandths, the others' are in ten-thousandths. */
const probePriceFactor = 10n;

export function expectedAccounts(facts: Facts): ExpectedAccount[] {
  const { plan, settlements } = facts;
  const fills: Fill[][] = Array.from({ length: accountCount(plan) }, () => []);
  for (let row = 0; row < settlements.count; row++) {
    fills[settlements.account[row] ?? 0]?.push({
      symbol: settlements.symbol[row] ?? 0,
      quantity: BigInt(settlements.quantity[row] ?? 0),
      price: BigInt(settlements.price[row] ?? 0),
      fee: BigInt(settlements.feeMinor[row] ?? 0),
      sequence: settlements.sequence[row] ?? 0,
    });
  }
  return fills.map((ofAccount, account) => expectedAccount(facts, account, ofAccount));
}

function expectedAccount(facts: Facts, account: number, fills: Fill[]): ExpectedAccount {
  const { plan } = facts;
  let cash = BigInt(depositMinor);
  const positions = new Map<number, Position>();
  // The order of the ledger, whatever the order of publication.
  for (const fill of fills.sort((a, b) => a.sequence - b.sequence)) {
    const position = positions.get(fill.symbol) ?? { quantity: 0n, cost: 0n, realized: 0n, fees: 0n };
    positions.set(fill.symbol, position);
    apply(position, fill);
    cash -= valueOf(fill.quantity, fill.price) + fill.fee;
  }
  const valued = [...positions].map(([symbol, position]): ExpectedPosition => {
    const price = lastPrice(facts, symbol);
    return {
      ...position,
      symbol: symbolName(plan, symbol),
      price,
      marketValue: valueOf(position.quantity, price),
    };
  });
  const positionValue = sum(valued.map(({ marketValue }) => marketValue));
  return {
    account: accountName(plan, account),
    sequence: facts.lastSequence[account] ?? 0,
    settlements: fills.length,
    totalEquity: cash + positionValue,
    cash,
    positionValue,
    unrealized: positionValue - sum(valued.map(({ cost }) => cost)),
    realized: sum(valued.map(({ realized }) => realized)),
    fees: sum(valued.map(({ fees }) => fees)),
    netFlow: BigInt(depositMinor),
    positions: valued,
  };
}

function apply(position: Position, { quantity, price, fee }: Fill): void {
  position.fees += fee;
  const before = position.quantity;
  const value = valueOf(quantity, price);
  const isSameWay = before === 0n || before > 0n === quantity > 0n;
  if (isSameWay) {
    position.cost += value;
  } else if (magnitude(quantity) <= magnitude(before)) {
    const released = halfEven(position.cost * magnitude(quantity), magnitude(before));
    position.realized += -value - released;
    position.cost -= released;
  } else {
    const closing = valueOf(-before, price);
    position.realized += -closing - position.cost;
    position.cost = value - closing;
  }
  position.quantity += quantity;
}

function lastPrice({ plan, prices, probeMicros }: Facts, symbol: number): bigint {
  if (symbol < plan.symbols) return BigInt(prices[symbol] ?? 0);
  return BigInt(probeBase + (probeMicros[symbol - plan.symbols] ?? 0)) * probePriceFactor;
}

function valueOf(quantity: bigint, price: bigint): bigint {
  return halfEven(quantity * price * minorPerUnit, valueScale);
}

/** n / d rounded half to even, d > 0. */
function halfEven(n: bigint, d: bigint): bigint {
  const down = n >= 0n ? n / d : -((-n + d - 1n) / d);
  const rest = n - down * d;
  const isUp = 2n * rest > d || (2n * rest === d && down % 2n !== 0n);
  return isUp ? down + 1n : down;
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
