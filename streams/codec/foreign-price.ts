/**
 * Prices of an existing feed whose fields have other names (config `prices.sources`). With a `price_scale`, figures
 * are integers at that scale: 18723 with 2 is 187.23.
 */
import { parseMarketDecimal, type Decimal } from '../../src/domain/decimal.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import { isObject } from './json.ts';
import { plainPrice, quote, readTime, type PlainPrice, type Quote } from './price-message.ts';

/** Which field of a foreign message is what. */
export interface ForeignMapping {
  readonly subject: string;
  readonly symbol: string;
  readonly price?: string;
  readonly bid?: string;
  readonly ask?: string;
  readonly ts?: string;
  readonly price_scale?: number;
}

/** The symbol's text (not yet judged), and its price. */
export interface ForeignPrice {
  readonly symbol: string;
  readonly figures: PlainPrice | Quote;
}

export function readForeignPrice(message: unknown, mapping: ForeignMapping): ForeignPrice | Rejected {
  if (!isObject(message)) return rejected('malformed', 'not an object');
  const symbol = message[mapping.symbol];
  if (typeof symbol !== 'string') return rejected('malformed', mapping.symbol);
  const ts = mapping.ts === undefined ? NaN : readTime(message[mapping.ts]);
  const figure = (field: string): Decimal | null => readFigure(message[field], mapping.price_scale);
  const tsField = mapping.ts ?? 'ts';
  const bid = mapping.bid ?? 'bid';
  const ask = mapping.ask ?? 'ask';
  const hasPrice =
    mapping.price !== undefined && (mapping.bid === undefined || message[mapping.price] !== undefined);
  const figures = hasPrice
    ? plainPrice(figure(mapping.price), ts, mapping.price, tsField)
    : quote(figure(bid), figure(ask), ts, [bid, ask, tsField]);
  return figures.kind === 'rejected' ? figures : { symbol, figures };
}

function readFigure(x: unknown, scale: number | undefined): Decimal | null {
  const d = parseMarketDecimal(x);
  if (d === null || scale === undefined || scale === 0) return d;
  return d.scale > 0 ? null : parseMarketDecimal(shifted(String(d.coefficient), scale));
}

/** The integer's text with its last `scale` digits as decimals. */
function shifted(integer: string, scale: number): string {
  const isNegative = integer.startsWith('-');
  const digits = (isNegative ? integer.slice(1) : integer).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${isNegative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}
