/**
 * The three rules of a position (2-accounting.md, "A position"), as arithmetic on integers: same direction, reducing,
 * through zero. Average cost is never stored: the state is the integer sum of what the open quantity cost.
 */
import type { Instrument } from '../domain/instrument.ts';
import { isSafe, mulDivHalfEven, powerOfTen, roundHalfEven, safeNumber } from '../domain/rounding.ts';

/** What a fill made of a position. Filled anew by `fillPosition`; NaN where an amount left the safe integers. */
export interface PositionStep {
  quantity: number;
  cost: number;
  /** Of this fill, minor units of the instrument's currency. */
  realized: number;
  /** quantity x price of the fill, signed. */
  value: number;
}

/** Money of `quantity` at `price` in minor units of the instrument's currency; NaN where it is no safe integer. */
export function valueOf(quantity: number, price: number, instrument: Instrument): number {
  if (!isSafe(quantity) || !isSafe(price)) return NaN;
  const { valueNumerator, valueDenominator } = instrument;
  const scaledPrice = price * valueNumerator;
  if (isSafe(scaledPrice)) return mulDivHalfEven(quantity, scaledPrice, valueDenominator);
  const product = BigInt(quantity) * BigInt(price) * BigInt(valueNumerator);
  return safeNumber(roundHalfEven(product, BigInt(valueDenominator)));
}

/**
 * Applies a fill of signed quantity `change` at `price` to (quantity, cost).
 * 100 @ 50.00 and then -50 @ 60.00: released 2,500.00, realized 3,000.00 - 2,500.00 = 500.00.
 */
export function fillPosition(
  out: PositionStep,
  quantity: number,
  cost: number,
  change: number,
  price: number,
  instrument: Instrument,
): void {
  const value = valueOf(change, price, instrument);
  out.value = value;
  out.quantity = quantity + change;
  if (quantity === 0 || quantity > 0 === change > 0) {
    out.cost = cost + value;
    out.realized = 0;
  } else if (Math.abs(change) <= Math.abs(quantity)) {
    const closes = Math.abs(change) === Math.abs(quantity);
    const released = closes ? cost : mulDivHalfEven(cost, Math.abs(change), Math.abs(quantity));
    out.realized = 0 - value - released;
    out.cost = cost - released;
  } else {
    const closing = valueOf(0 - quantity, price, instrument);
    out.realized = 0 - closing - cost;
    out.cost = value - closing;
  }
}

/** cost / (quantity x multiplier) to 12 significant digits, "0" when flat. For people: it is never computed with. */
export function averageCostText(quantity: number, cost: number, instrument: Instrument): string {
  if (quantity === 0) return '0';
  const digits = 12;
  // cost = quantity x price x n / d, so price = cost x d / (quantity x n), at priceScale.
  let n = BigInt(cost) * BigInt(instrument.valueDenominator);
  let d = BigInt(quantity) * BigInt(instrument.valueNumerator) * powerOfTen(instrument.priceScale);
  if (d < 0n) [n, d] = [-n, -d];
  const sign = n < 0n ? '-' : '';
  if (n < 0n) n = -n;
  if (n === 0n) return '0';
  let exponent = String(n).length - String(d).length;
  const below = exponent >= 0 ? n < d * powerOfTen(exponent) : n * powerOfTen(-exponent) < d;
  if (below) exponent--;
  const decimals = Math.max(0, digits - 1 - exponent);
  const text = String(roundHalfEven(n * powerOfTen(decimals), d)).padStart(decimals + 1, '0');
  const whole = text.slice(0, text.length - decimals);
  const fraction = decimals > 0 ? text.slice(-decimals).replace(/0+$/, '') : '';
  return sign + whole + (fraction ? `.${fraction}` : '');
}
