/** What a settlement is as a fact, or why it is none. Knows no account: what it does to one is folded elsewhere. */
import type { TradeFact } from './books.ts';
import type { Fraction } from './exact.ts';
import { atScale, decimalOf, fitsScale } from './exact.ts';
import type { Message } from './judge.ts';
import type { Market } from './market.ts';

const zero: Fraction = { n: 0n, d: 1n };

/** Of a message of the right shape; it happens at the market's board of now. */
export function tradeFact(m: Message, market: Market): TradeFact | string {
  const symbol = m['symbol'] as string;
  const { currency, price_scale, quantity_scale, style } = market.instrument(symbol);
  const quantity = decimalOf(m['quantity']) ?? zero;
  const price = decimalOf(m['price']) ?? zero;
  const feeQuantity = decimalOf(m['fee_quantity'] ?? 0) ?? zero;
  const areInScale = [quantity, feeQuantity].every((x) => fitsScale(x, quantity_scale));
  if (!areInScale || !fitsScale(price, price_scale)) return 'precision_exceeds_scale';
  if (quantity.n <= 0n) return 'quantity_not_positive';
  const isTransfer = m['type'] === 'transfer';
  if (style === 'margined' && (isTransfer || feeQuantity.n !== 0n)) return 'style_forbids';
  const units = atScale(quantity, quantity_scale);
  return {
    kind: 'trade',
    at: market.now,
    symbol,
    quantity: m['side'] === 'buy' || m['side'] === 'in' ? units : -units,
    price: atScale(price, price_scale),
    isTransfer,
    fee: BigInt((m['fee'] as number | undefined) ?? 0),
    feeCurrency: (m['fee_currency'] as string | undefined) ?? currency,
    feeQuantity: atScale(feeQuantity, quantity_scale),
  };
}
