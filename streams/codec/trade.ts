/** A trade of `trades`, and the two settlements it becomes. */
import { parseDecimal, type Decimal } from '../../src/domain/decimal.ts';
import { idOf, isTradeId } from '../../src/domain/identifier.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import { FieldReader } from './fields.ts';
import { arrayProblem, isObject, notJson, parseJson } from './json.ts';

export interface TradeSide {
  readonly account: string;
  /** The settlement's id, and its message on `settlements.<account>`. */
  readonly id: string;
  readonly message: Uint8Array;
}

export interface Trade {
  readonly kind: 'trade';
  readonly symbol: string;
  readonly price: Decimal;
  /** Milliseconds; NaN where the message gives none. */
  readonly ts: number;
  readonly buy: TradeSide;
  readonly sell: TradeSide;
}

const encoder = new TextEncoder();

/** One trade or an array of them; each is a trade or what is wrong with it. */
export function readTrades(payload: Uint8Array): readonly (Trade | Rejected)[] {
  const message = parseJson(payload);
  if (message === notJson) return [rejected('malformed', 'not JSON')];
  if (!Array.isArray(message)) return [readTrade(message)];
  const problem = arrayProblem(message);
  return problem === null ? message.map(readTrade) : [problem];
}

function readTrade(m: unknown): Trade | Rejected {
  if (!isObject(m)) return rejected('malformed', 'not an object');
  const fields = new FieldReader();
  fields.start(m);
  const id = fields.id('id');
  if (id !== '' && !isTradeId(id)) fields.fail('id', null);
  const symbol = fields.symbol('symbol');
  const price = fields.decimal('price');
  const quantity = m['quantity'];
  if (parseDecimal(quantity) === null) fields.fail('quantity', null);
  const buyer = account(fields, m, 'buyer');
  const seller = account(fields, m, 'seller');
  const buyerFee = fields.optionalInteger('buyer_fee', 0);
  const sellerFee = fields.optionalInteger('seller_fee', 0);
  const ts = fields.optionalTime('ts');
  if (fields.wrong !== '') return rejected('malformed', fields.wrong);
  const side = (side: 'buy' | 'sell', name: string, fee: number): TradeSide => {
    const time = Number.isNaN(ts) ? {} : { ts };
    // Decimals pass on as they came: no digit is touched on the way.
    const body = { id: `${id}-${side}`, symbol, side, quantity, price: m['price'], fee, ...time };
    return { account: name, id: body.id, message: encoder.encode(JSON.stringify(body)) };
  };
  const buy = side('buy', buyer, buyerFee);
  return { kind: 'trade', symbol, price, ts, buy, sell: side('sell', seller, sellerFee) };
}

function account(fields: FieldReader, m: Readonly<Record<string, unknown>>, field: string): string {
  return idOf(m[field]) ?? fields.fail(field, '');
}
