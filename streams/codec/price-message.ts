/**
 * A price message as plain JSON, judged field by field: what the scanner leaves over, and what it is held to. Gives
 * decimals; the scale of the symbol is applied by the caller.
 */
import { parseMarketDecimal, type Decimal } from '../../src/domain/decimal.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import { isObject } from './json.ts';

export interface PlainPrice {
  readonly kind: 'price';
  readonly price: Decimal;
  /** Milliseconds; NaN where the message gives none. */
  readonly ts: number;
}

export interface Quote {
  readonly kind: 'quote';
  readonly bid: Decimal;
  readonly ask: Decimal;
  readonly ts: number;
}

/** `price` where there is one, else `bid` and `ask`; whatever else the message has is the sender's. */
export function readPriceMessage(message: unknown): PlainPrice | Quote | Rejected {
  if (!isObject(message)) return rejected('malformed', 'not an object');
  const ts = readTime(message['ts']);
  if (message['price'] !== undefined)
    return plainPrice(parseMarketDecimal(message['price']), ts, 'price', 'ts');
  if (message['bid'] === undefined && message['ask'] === undefined) return rejected('malformed', 'price');
  return quote(parseMarketDecimal(message['bid']), parseMarketDecimal(message['ask']), ts, [
    'bid',
    'ask',
    'ts',
  ]);
}

/** Milliseconds since the epoch; NaN for undefined, null for what is no time. */
export function readTime(x: unknown): number | null {
  if (x === undefined) return NaN;
  return typeof x === 'number' && Number.isSafeInteger(x) && x >= 0 ? x : null;
}

export function plainPrice(
  price: Decimal | null,
  ts: number | null,
  priceField: string,
  tsField: string,
): PlainPrice | Rejected {
  if (price === null) return rejected('malformed', priceField);
  return ts === null ? rejected('malformed', tsField) : { kind: 'price', price, ts };
}

export function quote(
  bid: Decimal | null,
  ask: Decimal | null,
  ts: number | null,
  [bidField, askField, tsField]: readonly [string, string, string],
): Quote | Rejected {
  if (bid === null) return rejected('malformed', bidField);
  if (ask === null) return rejected('malformed', askField);
  return ts === null ? rejected('malformed', tsField) : { kind: 'quote', bid, ask, ts };
}
